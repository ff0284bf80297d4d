using Credence.Audit;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Proofs;

/// <summary>
/// Retention: empties the bodies of old entries, never their hashes, so that every proof still holds. It goes only as far as a signed checkpoint
/// says bodies may be missing; that signature is what an emptied body has and a stolen one has not.
/// </summary>
public sealed class DropBodies(Db db, MakeCheckpoint checkpoints, ProofOptions options, TimeProvider clock, ILogger<DropBodies> log)
{
    private const int PerTransaction = 500;

    private sealed record Mark(long Target, long Emptied);

    /// <summary>Does what is due by now, for every organization; a worker runs it.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (options.Retention is not { } kept) return;
        var old = await db.ListAsync(
            $"""
            select h.organization_id from audit_heads h left join audit_retention r on r.organization_id = h.organization_id
            where h.chain = 'tree' and {clock.Now() - kept} >= (
                select c.created_ms from audit_checkpoints c where c.organization_id = h.organization_id and c.size > coalesce(r.emptied, 0) order by c.size limit 1)
            """,
            row => row.Text("organization_id"), ct);
        foreach (var organization in old) await RunAsync(organization, kept, ct);
    }

    private async Task RunAsync(string organization, TimeSpan kept, CancellationToken ct)
    {
        var mark = await db.FirstAsync(
            $"select target, emptied from audit_retention where organization_id = {organization}", row => new Mark(row.Long("target"), row.Long("emptied")), ct);
        var emptied = mark?.Emptied ?? 0;
        var target = await checkpoints.DroppableAsync(organization, ct);
        if (target > (mark?.Target ?? 0)) await RecordAsync(organization, emptied, target, kept, ct);

        var signed = await checkpoints.RunAsync(organization, ct); // that record, and that bodies may be missing
        if (!signed.Succeeded) return; // a damaged log keeps what it has
        var end = Math.Min(target, signed.Value.Checkpoint.Dropped);
        for (; emptied < end; emptied += PerTransaction) await EmptyAsync(organization, emptied, Math.Min(end, emptied + PerTransaction), ct);
    }

    /// <summary>What is about to happen is on record before it does.</summary>
    private async Task RecordAsync(string organization, long emptied, long target, TimeSpan kept, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var mine = await tx.ExecuteAsync(
            $"""
            insert into audit_retention (organization_id, target, emptied) values ({organization}, {target}, 0)
            on conflict (organization_id) do update set target = excluded.target where audit_retention.target < excluded.target
            """,
            ct);
        if (mine == 0) return; // another node has
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["from"] = $"{emptied}", ["below"] = $"{target}", ["days"] = $"{kept.TotalDays}" };
        await AuditLog.AppendAsync(tx, new AuditEvent(organization, "audit.bodies_dropped", "credence", organization) { Data = data }, now, ct);
        await tx.CommitAsync();
        Log.BodiesDropped(log, organization, target);
    }

    private async Task EmptyAsync(string organization, long start, long end, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        await tx.LaterAsync(
            $"""
            update audit_entries set body = '', agent_id = null, grant_id = null, principal_id = null, action = null, status = null,
                about_agent = null, about_type = null, outcome = null
            where organization_id = {organization} and leaf >= {start} and leaf < {end}
            """,
            ct);
        await tx.LaterAsync($"update audit_retention set emptied = {end} where organization_id = {organization} and emptied < {end}", ct);
        await tx.CommitAsync();
    }
}
