using Credence.Storage;

namespace Credence.Proofs;

/// <summary>The tiles of an organization's tree, and the leaves behind the last full one.</summary>
internal static class TileStore
{
    /// <summary>How many leaves the tree has.</summary>
    public static Task<long> SizeAsync(DbSession db, string organization, CancellationToken ct) =>
        db.NumberAsync($"select seq as n from audit_heads where organization_id = {organization} and chain = 'tree'", ct);

    /// <summary>How many tiles of a level are stored.</summary>
    public static Task<long> CountAsync(DbSession db, string organization, int level, CancellationToken ct) =>
        db.NumberAsync($"select max(number) + 1 as n from audit_tiles where organization_id = {organization} and level = {level}", ct);

    /// <summary>Stores a full tile. It is the same whoever makes it, so the second to come changes nothing.</summary>
    public static Task AddAsync(DbTx tx, string organization, Tile tile, byte[] hashes, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into audit_tiles (organization_id, level, number, hashes, root)
            values ({organization}, {tile.Level}, {tile.Number}, {hashes}, {Merkle.Root(hashes)})
            on conflict (organization_id, level, number) do nothing
            """,
            ct);

    /// <summary>The hashes of a tile: the stored row, or as many as there are so far.</summary>
    public static async Task<byte[]> ReadAsync(DbSession db, string organization, Tile tile, CancellationToken ct) =>
        await db.FirstAsync(
            $"select hashes from audit_tiles where organization_id = {organization} and level = {tile.Level} and number = {tile.Number}",
            row => row.Bytes("hashes"), ct)
        ?? await ComposeAsync(db, organization, tile, ct);

    /// <summary>The hashes of a tile from what lies below it: entries, or roots of tiles.</summary>
    public static async Task<byte[]> ComposeAsync(DbSession db, string organization, Tile tile, CancellationToken ct)
    {
        var (first, end) = (tile.Number * Tile.Width, (tile.Number + 1) * Tile.Width);
        var found = tile.Level == 0
            ? await db.ListAsync(
                $"select leaf as place, leaf_hash as hash from audit_entries where organization_id = {organization} and leaf >= {first} and leaf < {end} order by leaf",
                Read, ct)
            : await db.ListAsync(
                $"""
                select number as place, root as hash from audit_tiles
                where organization_id = {organization} and level = {tile.Level - 1} and number >= {first} and number < {end} order by number
                """,
                Read, ct);
        return [.. found.TakeWhile((row, at) => row.Place == first + at && row.Hash.Length == Merkle.HashLength).SelectMany(row => row.Hash)];
    }

    /// <summary>A reader of one organization's tree.</summary>
    public static TreeReader Tree(DbSession db, string organization) => new((tile, ct) => ReadAsync(db, organization, tile, ct));

    private static (long Place, byte[] Hash) Read(Row row) => (row.Long("place"), row.BytesOrNull("hash") ?? []);
}
