using System.Runtime.InteropServices;
using Credence.Storage;

namespace Credence.People;

/// <summary>A node that was leased.</summary>
/// <param name="Node">Which.</param>
/// <param name="From">No id of it was born at or after this.</param>
/// <param name="Until">No id of it may be born at or after this.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeasedNode(int Node, DateTimeOffset From, DateTimeOffset Until);

/// <summary>Which process gives ids under which node: one at a time.</summary>
internal static class SnowflakeNodes
{
    private static readonly TimeSpan LeastLease = TimeSpan.FromMinutes(2);

    private sealed record Taken(int Node, DateTimeOffset Until);

    /// <summary>Takes a node that nobody has: the wanted one, or the next after it.</summary>
    public static async Task<LeasedNode> TakeAsync(Db db, int wanted, string holder, DateTimeOffset until, DateTimeOffset now, CancellationToken ct)
    {
        while (true)
        {
            var known = (await db.ListAsync($"select node, until_ms from snowflake_nodes", row => new Taken(row.Int("node"), row.Time("until_ms")), ct))
                .ToDictionary(each => each.Node, each => each.Until);
            var free = Enumerable.Range(wanted, PersonId.Nodes).Select(node => node % PersonId.Nodes).FirstOrDefault(node => !known.TryGetValue(node, out var end) || end <= now, -1);
            if (free < 0) throw new InvalidOperationException("no node for ids is free: there are 1,024, and each has a process");
            var from = known.GetValueOrDefault(free, PersonId.Epoch);
            if (await TryTakeAsync(db, free, holder, from, until, ct)) return new LeasedNode(free, from, until);
        }
    }

    /// <summary>Extends a lease that <paramref name="holder"/> still has; where the clock went back, from where it would have ended.</summary>
    /// <returns>Until when; null when another took the node meanwhile.</returns>
    public static async Task<DateTimeOffset?> RenewAsync(Db db, int node, string holder, DateTimeOffset until, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var mine = await tx.FirstAsync($"select node, until_ms from snowflake_nodes where node = {node} and holder = {holder}", row => new Taken(row.Int("node"), row.Time("until_ms")), ct);
        if (mine is null) return null;
        var end = until > mine.Until ? until : mine.Until + LeastLease;
        if (await tx.ExecuteAsync($"update snowflake_nodes set until_ms = {end} where node = {node} and holder = {holder}", ct) == 0) return null;
        await tx.CommitAsync();
        return end;
    }

    /// <summary>Gives a node back; whoever takes it next begins at <paramref name="from"/>.</summary>
    public static async Task ReleaseAsync(Db db, int node, string holder, DateTimeOffset from, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        await tx.ExecuteAsync($"update snowflake_nodes set until_ms = {from} where node = {node} and holder = {holder}", ct);
        await tx.CommitAsync();
    }

    private static async Task<bool> TryTakeAsync(Db db, int node, string holder, DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var taken = await tx.ExecuteAsync(
            $"""
            insert into snowflake_nodes (node, holder, until_ms) values ({(long)node}, {holder}, {until})
            on conflict (node) do update set holder = excluded.holder, until_ms = excluded.until_ms where snowflake_nodes.until_ms = {from}
            """,
            ct);
        await tx.CommitAsync();
        return taken == 1;
    }
}
