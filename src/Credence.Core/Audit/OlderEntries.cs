using Credence.Storage;

namespace Credence.Audit;

/// <summary>
/// What is in <c>audit_entries</c> without a leaf: from before there was a tree (migration 0003), or by a node that still runs the version
/// before it. Such entries come before anything new of their chain.
/// </summary>
internal static class OlderEntries
{
    private sealed record Older(string Id, string Body, DateTimeOffset At, bool IsSealed)
    {
        public static Sql Columns { get; } = Sql.Of($"id, body, created_ms, seq");

        public static Older Read(Row row) => new(row.Text("id"), row.Text("body"), row.Time("created_ms"), row.LongOrNull("seq") is not null);
    }

    /// <summary>Gives up to <paramref name="most"/> of them their leaves, in the order of the chain; those without a number wait to be sealed like any other.</summary>
    /// <returns>How many it took in.</returns>
    public static async Task<int> TakeInAsync(DbTx tx, string organization, HeldChain chain, int most, CancellationToken ct)
    {
        var found = await tx.ListAsync(
            $"""
            select {Older.Columns} from audit_entries where organization_id = {organization} and chain = {AuditLog.SystemChain} and leaf is null
            order by seq, id limit {most}
            """,
            Older.Read, ct);
        foreach (var entry in found)
        {
            if (entry.IsSealed)
            {
                await tx.LaterAsync(
                    $"update audit_entries set leaf = {chain.TakeLeaf()}, leaf_hash = {EntryHashes.Of(entry.Body).Leaf} where id = {entry.Id}", ct);
                continue;
            }

            await tx.LaterAsync($"delete from audit_entries where id = {entry.Id}", ct);
            await tx.LaterAsync(
                $"insert into audit_pending (organization_id, id, body, created_ms) values ({organization}, {entry.Id}, {entry.Body}, {entry.At})", ct);
        }

        return found.Count;
    }
}
