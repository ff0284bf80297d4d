using System.Security.Cryptography;
using System.Text;

namespace Credence.Proofs;

/// <summary>Follows one chain through an export: every entry has the next number and names the hash of the one before.</summary>
internal sealed class ChainCheck(Findings findings)
{
    private long _last;
    private string? _lastHash;

    /// <summary>Takes the next entry of the chain.</summary>
    /// <returns>Its leaf hash for the tree: of its text, or, where that is gone or changed, the one on record.</returns>
    public byte[] Take(PlacedEntry entry)
    {
        var place = $"{entry.Chain} {entry.Sequence} (leaf {entry.Leaf})";
        var follows = CheckNumber(entry, place);
        var (leafHash, hash, isSound) = CheckText(entry, place);
        if (follows && entry.PreviousHash != _lastHash) findings.Add(FindingKind.Changed, place, "it does not name the entry before it");
        if (isSound && entry.Body is { } body) CheckPlace(entry, body, place);
        (_last, _lastHash) = (entry.Sequence, hash);
        return leafHash;
    }

    private bool CheckNumber(PlacedEntry entry, string place)
    {
        var next = _last + 1;
        if (entry.Sequence == next) return true;
        if (entry.Sequence > next) findings.Add(FindingKind.Missing, $"{entry.Chain} {Span(next, entry.Sequence - 1)}", "the chain goes on behind it");
        else findings.Add(FindingKind.Changed, place, $"its number is out of order after {_last}");
        return false;
    }

    /// <summary>Text, hash and leaf hash say the same three times; the odd one out is what was changed.</summary>
    private (byte[] LeafHash, string? Hash, bool IsSound) CheckText(PlacedEntry entry, string place)
    {
        var recorded = entry.LeafHash.Length == Merkle.HashLength ? entry.LeafHash : new byte[Merkle.HashLength];
        if (entry.Body is null)
        {
            if (recorded != entry.LeafHash) findings.Add(FindingKind.Changed, place, "its leaf hash on record is no hash");
            return (recorded, entry.Hash, false);
        }

        var bytes = Encoding.UTF8.GetBytes(entry.Body);
        var (hash, leafHash) = (Convert.ToHexStringLower(SHA256.HashData(bytes)), Merkle.Leaf(bytes));
        var (fitsHash, fitsLeaf) = (hash == entry.Hash, Merkle.Same(leafHash, entry.LeafHash));
        if (!fitsHash && !fitsLeaf)
        {
            findings.Add(FindingKind.Changed, place, "its text is not what was hashed");
            return (recorded, entry.Hash, false);
        }

        if (!fitsHash) findings.Add(FindingKind.Changed, place, "its hash on record is not the hash of its text");
        if (!fitsLeaf) findings.Add(FindingKind.Changed, place, "its leaf hash on record is not the one of its text");
        return (leafHash, hash, true);
    }

    private void CheckPlace(PlacedEntry entry, string body, string place)
    {
        var (previous, sequence) = ExportReader.PlaceIn(body);
        if (previous != entry.PreviousHash) findings.Add(FindingKind.Changed, place, "its text names another entry before it than the record does");
        if (sequence is not null && sequence != entry.Sequence) findings.Add(FindingKind.Changed, place, $"its text says it is number {sequence}");
    }

    private static string Span(long first, long last) => first == last ? $"{first}" : $"{first} to {last}";
}
