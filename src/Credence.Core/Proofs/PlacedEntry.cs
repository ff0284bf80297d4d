using Credence.Storage;

namespace Credence.Proofs;

/// <summary>A sealed entry of either chain, with its place in the tree.</summary>
/// <param name="Chain"><c>system</c> or <c>application</c>.</param>
/// <param name="Sequence">Its number in the chain, from 1.</param>
/// <param name="Leaf">Its place in the tree, from 0.</param>
/// <param name="Hash">Lower-case hex SHA-256 of the body, as recorded.</param>
/// <param name="PreviousHash">The hash of the entry before, as recorded; null for the first.</param>
/// <param name="LeafHash">SHA-256 of a zero byte and the body, as recorded.</param>
/// <param name="Body">The text that was hashed; null when retention has emptied it.</param>
public sealed record PlacedEntry(string Chain, long Sequence, long Leaf, string? Hash, string? PreviousHash, byte[] LeafHash, string? Body)
{
    /// <summary>A read ends sooner with the entry that makes it this many letters: a text may be large, and what is read is held in memory.</summary>
    private const int MostLetters = 1 << 19;

    /// <summary>Entries of one chain, from one number to another, both included; at most <paramref name="most"/>, fewer where they are large.</summary>
    public static Task<List<PlacedEntry>> OfChainAsync(DbSession db, string organization, string chain, long start, long end, int most, CancellationToken ct) =>
        ListAsync(
            db,
            $"""
            select {Columns} from audit_entries where organization_id = {organization} and chain = {chain} and seq >= {start} and seq <= {end} and leaf is not null
            order by seq limit {most}
            """,
            ct);

    /// <summary>Entries of both chains by their place in the tree, from <paramref name="start"/> up to, without, <paramref name="end"/>; fewer where they are large.</summary>
    internal static Task<List<PlacedEntry>> OfTreeAsync(DbSession db, string organization, long start, long end, int most, CancellationToken ct) =>
        ListAsync(db, $"select {Columns} from audit_entries where organization_id = {organization} and leaf >= {start} and leaf < {end} order by leaf limit {most}", ct);

    private static Task<List<PlacedEntry>> ListAsync(DbSession db, Sql sql, CancellationToken ct)
    {
        var letters = 0;
        return db.ListUntilAsync(sql, Read, entry => (letters += entry.Body?.Length ?? 0) >= MostLetters, ct);
    }

    private static Sql Columns { get; } = Sql.Of($"chain, seq, leaf, hash, prev_hash, leaf_hash, body");

    /// <summary>A row that somebody changed must still be shown, so nothing is taken for granted but its place.</summary>
    private static PlacedEntry Read(Row row) => new(
        row.Text("chain"), row.LongOrNull("seq") ?? 0, row.Long("leaf"), row.TextOrNull("hash"), row.TextOrNull("prev_hash"), row.BytesOrNull("leaf_hash") ?? [],
        row.Text("body") is { Length: > 0 } body ? body : null);
}
