using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Doctor;

/// <summary>The nodes that run: whether their rounds do, and whether they share what they must.</summary>
internal static class NodesCheck
{
    /// <summary>A lease outlives the rest between two rounds by a minute: one that ended longer ago was not taken up again by anybody.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private sealed record Lease(string Name, DateTimeOffset Until);

    /// <summary>Looks at leases.</summary>
    public static async Task RunAsync(Db db, SettingValues settings, DateTimeOffset now, Examination found, CancellationToken ct)
    {
        var leases = await db.ListAsync($"select name, until_ms from leases order by name", row => new Lease(row.Text("name"), row.Time("until_ms")), ct);
        var stuck = leases.Where(lease => lease.Until + Late < now).ToList();
        if (stuck.Count > 0)
        {
            found.Found(
                "workers", $"nobody runs {string.Join(", ", stuck.Select(lease => lease.Name))}", $"the lease ended at {stuck.Min(lease => lease.Until).Iso()} and no node has taken it since",
                "start a server (its log names a round that fails: [name]); `select name, holder from leases` shows who had it");
        }

        var nodes = await db.NumberAsync($"select count(*) as n from snowflake_nodes where until_ms > {now}", ct);
        if (nodes > 1 && settings.IsSet(StoreSettings.RedisUrl) && settings.Of(StoreSettings.RedisUrl) is null)
        {
            found.Found(
                "workers", "several nodes run and share no state: limits count by the node, and a code asked for at one is unknown at the others",
                $"{nodes} nodes have a lease in snowflake_nodes, and REDIS_URL is embedded", "set REDIS_URL to a Redis that all of them reach, or run one node");
        }

        found.Looked($"workers: {leases.Count} leases, {nodes} nodes that give ids");
    }
}
