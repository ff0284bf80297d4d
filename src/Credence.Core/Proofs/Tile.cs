namespace Credence.Proofs;

/// <summary>
/// A row of up to 256 hashes. On level 0 they are leaves, on each higher one the roots of the tiles below; a full tile never changes
/// (the tiles of C2SP tlog-tiles, of height 8).
/// </summary>
internal sealed record Tile(int Level, long Number)
{
    /// <summary>Hashes in a full tile.</summary>
    public const int Width = 256;

    private const int Height = 8;

    /// <summary>Where the hash of a complete subtree comes from: which tile, and which row of hashes in it.</summary>
    public static (Tile Tile, int First, int Count) Of(Perfect part)
    {
        var level = part.Height / Height;
        var count = 1 << (part.Height % Height);
        var first = part.Index * count;
        return (new Tile(level, first / Width), (int)(first % Width), count);
    }

    /// <summary>How many full tiles of <paramref name="level"/> a tree of <paramref name="size"/> leaves has.</summary>
    public static long FullOn(int level, long size) => size >> (Height * (level + 1));
}
