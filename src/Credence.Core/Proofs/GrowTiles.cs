using Credence.Storage;

namespace Credence.Proofs;

/// <summary>Stores the tiles that have become full since the last time. Any node may, and several at once do no harm.</summary>
public sealed class GrowTiles(Db db)
{
    private const int PerTransaction = 16;

    /// <summary>Grows them up to the tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="InvalidDataException">A leaf is missing.</exception>
    public async Task RunAsync(string organization, long size, CancellationToken ct)
    {
        for (var level = 0; Tile.FullOn(level, size) > 0; level++)
        {
            var full = Tile.FullOn(level, size);
            for (var next = await TileStore.CountAsync(db, organization, level, ct); next < full; next += PerTransaction)
            {
                await StoreAsync(organization, level, next, Math.Min(full, next + PerTransaction), ct);
            }
        }
    }

    private async Task StoreAsync(string organization, int level, long first, long end, CancellationToken ct)
    {
        var made = new List<(Tile Tile, byte[] Hashes)>();
        for (var number = first; number < end; number++)
        {
            var tile = new Tile(level, number);
            var hashes = await TileStore.ComposeAsync(db, organization, tile, ct);
            if (hashes.Length < Tile.Width * Merkle.HashLength) throw new InvalidDataException($"tile {level}/{number} cannot be filled");
            made.Add((tile, hashes));
        }

        await using var tx = await db.BeginAsync(ct);
        foreach (var (tile, hashes) in made) await TileStore.AddAsync(tx, organization, tile, hashes, ct);
        await tx.CommitAsync();
    }
}
