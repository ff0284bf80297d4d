namespace Credence.Proofs;

/// <summary>Holds an export's tiles against its entries; it keeps the tile that is being filled and the last full one, of each level.</summary>
internal sealed class TileCheck(Findings findings)
{
    private const int MostLevels = 6; // beyond it there are more leaves than numbers

    private sealed class Level
    {
        public List<byte> Filling { get; } = new(Tile.Width * Merkle.HashLength);

        public byte[] Full { get; set; } = [];

        public long Count { get; set; }
    }

    private readonly List<Level> _levels = [];

    /// <summary>Adds the next leaf.</summary>
    public void Add(byte[] leafHash) => Add(0, leafHash);

    /// <summary>Compares a tile that the last of <paramref name="size"/> leaves filled.</summary>
    public void Take(ExportedTile tile, long size)
    {
        var place = $"tile {tile.Level}/{tile.Number}";
        if (tile.Level is >= 0 and <= MostLevels && tile.End > size)
        {
            findings.Add(FindingKind.Truncated, $"leaf {size}", $"the log ends here, and {place} was filled");
            return;
        }

        if (tile.Level < 0 || tile.Level >= _levels.Count || _levels[tile.Level].Count != tile.Number + 1)
        {
            findings.Add(FindingKind.Changed, place, "it does not belong here");
            return;
        }

        var full = _levels[tile.Level].Full;
        if (tile.Hashes.Length != full.Length) findings.Add(FindingKind.Changed, place, $"it holds {tile.Hashes.Length} bytes instead of {full.Length}");
        else ReportDifferences(tile, full, place);
        if (!Merkle.Same(Merkle.Root(full), tile.Root)) findings.Add(FindingKind.Changed, place, "its root is not the one over its hashes");
    }

    private void ReportDifferences(ExportedTile tile, byte[] full, string place)
    {
        for (var at = 0; at < Tile.Width; at++)
        {
            var range = new Range(at * Merkle.HashLength, (at + 1) * Merkle.HashLength);
            if (Merkle.Same(tile.Hashes.AsSpan(range), full.AsSpan(range))) continue;
            var below = (tile.Number * Tile.Width) + at;
            findings.Add(
                FindingKind.Changed, place, tile.Level == 0 ? $"it holds another hash for leaf {below} than the entry gives" : $"it holds another root for tile {tile.Level - 1}/{below}");
        }
    }

    private void Add(int number, byte[] hash)
    {
        if (number == _levels.Count) _levels.Add(new Level());
        var level = _levels[number];
        level.Filling.AddRange(hash);
        if (level.Filling.Count < Tile.Width * Merkle.HashLength) return;
        level.Full = [.. level.Filling];
        level.Filling.Clear();
        level.Count++;
        Add(number + 1, Merkle.Root(level.Full));
    }
}
