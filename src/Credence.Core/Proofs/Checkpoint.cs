using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Proofs;

/// <summary>
/// What a log says about itself at one moment (C2SP tlog-checkpoint): origin, size and root on a line each, then extension lines for the time,
/// the checkpoint before, and how far retention may have come.
/// </summary>
/// <param name="Origin">Which log: <c>credence.example.com/audit/dev_01J…</c>.</param>
/// <param name="Size">How many leaves.</param>
/// <param name="Root">The root over them.</param>
/// <param name="Time">When it was made, by the clock of the node that made it.</param>
/// <param name="Previous">The SHA-256 of the text of the checkpoint before; null for the first.</param>
/// <param name="Dropped">Below this leaf, entries may have lost their bodies to retention; their hashes stay.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root, DateTimeOffset Time, byte[]? Previous, long Dropped)
{
    private const string TimeWord = "time ";
    private const string PreviousWord = "previous ";
    private const string DroppedWord = "dropped ";

    /// <summary>The lines that are signed, each with its line end.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.Append(Origin).Append('\n').Append(Size).Append('\n').Append(Convert.ToBase64String(Root)).Append('\n');
        text.Append(TimeWord).Append(Time.Iso()).Append('\n');
        if (Previous is not null) text.Append(PreviousWord).Append(Convert.ToBase64String(Previous)).Append('\n');
        if (Dropped > 0) text.Append(DroppedWord).Append(Dropped).Append('\n');
        return text.ToString();
    }

    /// <summary>What the checkpoint after this one names it by.</summary>
    public byte[] TextHash() => SHA256.HashData(Encoding.UTF8.GetBytes(Text()));

    /// <summary>Reads the text of a checkpoint; null when it is not exactly what <see cref="Text"/> writes.</summary>
    public static Checkpoint? Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 5 || !Number(lines[1], out var size) || Hash(lines[2]) is not { } root) return null;
        if (Word(lines, TimeWord) is not { } time || !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var at)) return null;
        var previous = Word(lines, PreviousWord) is { } named ? Hash(named) : null;
        var dropped = Number(Word(lines, DroppedWord) ?? "0", out var below) ? below : 0;
        var read = new Checkpoint(lines[0], size, root, at, previous, dropped);
        return read.Text() == text ? read : null;
    }

    private static string? Word(string[] lines, string word) =>
        Array.Find(lines, line => line.StartsWith(word, StringComparison.Ordinal)) is { } found ? found[word.Length..] : null;

    private static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static byte[]? Hash(string text)
    {
        var hash = new byte[Merkle.HashLength];
        return Convert.TryFromBase64String(text, hash, out var length) && length == hash.Length ? hash : null;
    }
}
