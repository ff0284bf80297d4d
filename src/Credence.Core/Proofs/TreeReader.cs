using TileSource = System.Func<Credence.Proofs.Tile, System.Threading.CancellationToken, System.Threading.Tasks.Task<byte[]>>;

namespace Credence.Proofs;

/// <summary>Roots and proofs of one tree, out of its tiles; each tile is read once. <paramref name="read"/> gives as many hashes of a tile as there are.</summary>
internal sealed class TreeReader(TileSource read)
{
    private readonly Dictionary<Tile, byte[]> _tiles = [];

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="InvalidDataException">Hashes are missing that must be there.</exception>
    public Task<byte[]> RootAsync(long size, CancellationToken ct) => HashAsync(new Subtree(0, size), ct);

    /// <summary>The proof that <paramref name="leaf"/> is among the first <paramref name="size"/>.</summary>
    /// <exception cref="InvalidDataException">Hashes are missing that must be there.</exception>
    public Task<List<byte[]>> InclusionAsync(long leaf, long size, CancellationToken ct) => HashesAsync(Paths.Inclusion(leaf, size), ct);

    /// <summary>The proof that the first <paramref name="from"/> of <paramref name="to"/> leaves are the tree that was <paramref name="from"/> large.</summary>
    /// <exception cref="InvalidDataException">Hashes are missing that must be there.</exception>
    public Task<List<byte[]>> ConsistencyAsync(long from, long to, CancellationToken ct) => HashesAsync(Paths.Consistency(from, to), ct);

    private async Task<List<byte[]>> HashesAsync(List<Subtree> subtrees, CancellationToken ct)
    {
        var hashes = new List<byte[]>(subtrees.Count);
        foreach (var subtree in subtrees) hashes.Add(await HashAsync(subtree, ct));
        return hashes;
    }

    private async Task<byte[]> HashAsync(Subtree subtree, CancellationToken ct)
    {
        byte[]? hash = null;
        foreach (var part in subtree.Parts().Reverse())
        {
            var left = await HashAsync(part, ct);
            hash = hash is null ? left : Merkle.Node(left, hash);
        }

        return hash ?? Merkle.Root([]);
    }

    private async Task<byte[]> HashAsync(Perfect part, CancellationToken ct)
    {
        var (tile, first, count) = Tile.Of(part);
        if (!_tiles.TryGetValue(tile, out var hashes)) _tiles[tile] = hashes = await read(tile, ct);
        var (from, length) = (first * Merkle.HashLength, count * Merkle.HashLength);
        if (hashes.Length < from + length) throw new InvalidDataException($"tile {tile.Level}/{tile.Number} ends before hash {first + count}");
        return Merkle.Root(hashes.AsSpan(from, length));
    }
}
