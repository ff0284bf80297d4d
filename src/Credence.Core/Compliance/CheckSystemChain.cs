using Credence.Audit;
using Credence.Proofs;
using Credence.Storage;

namespace Credence.Compliance;

/// <summary>
/// Checks that what the server recorded is still what it recorded: every hash is computed again and every link followed, up to the signed checkpoint
/// (contract agent-idp AE-18). A chain that does not hold is remembered until it does, for all nodes to tell.
/// </summary>
public sealed class CheckSystemChain(Db db, SealAudit seal, MakeCheckpoint checkpoints, TimeProvider clock)
{
    /// <returns>What was found; or why no checkpoint can be signed now.</returns>
    public async Task<Result<ChainIntegrity>> RunAsync(string organization, Period period, CancellationToken ct)
    {
        await seal.CatchUpAsync(organization, ct);
        var head = await LoggedStore.HeadAsync(db, organization, AuditLog.SystemChain, ct);
        var span = await LoggedStore.SpanAsync(db, organization, AuditLog.SystemChain, period.Since, period.Until, ct);
        span = span with { End = Math.Min(span.End, head.Sequence) };
        var signed = await checkpoints.RunAsync(organization, ct); // after the head was read, so that it covers all there is in here
        if (!signed.Succeeded && signed.Failure != ProofFailures.Empty && signed.Failure != ProofFailures.Damaged) return signed.Failure;

        var follower = new ChainFollower(span, head, MayBeEmptiedAsync);
        await foreach (var entry in StoredEntry.AllOfSystemAsync(db, organization, span, ct)) await follower.TakeAsync(entry, ct);
        var found = follower.End();
        if (found.IsValid && !signed.Succeeded && signed.Failure == ProofFailures.Damaged) found = found with { Reason = ChainBreak.Checkpoint };
        await RememberAsync(organization, found, isWhole: period is { Since: null, Until: null }, ct);
        return found;

        async Task<long> MayBeEmptiedAsync(CancellationToken token) =>
            await checkpoints.RunAsync(organization, token) is { Succeeded: true } newest ? newest.Value.Checkpoint.Dropped : 0;
    }

    /// <summary>Checks every organization's chain from its beginning.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var all = await db.ListAsync($"select organization_id from audit_heads where chain = {AuditLog.SystemChain} order by organization_id", row => row.Text("organization_id"), ct);
        foreach (var organization in all) await RunAsync(organization, new Period(null, null), ct);
        return all.Count;
    }

    /// <summary>1 while no chain is known not to hold, else 0.</summary>
    public static async Task<long> IsIntactAsync(DbSession db, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from (select 1 from audit_breaks limit 1) t", ct) == 0 ? 1 : 0;

    /// <summary>A part that holds says nothing of the rest.</summary>
    private async Task RememberAsync(string organization, ChainIntegrity found, bool isWhole, CancellationToken ct)
    {
        if (found.IsValid && !isWhole) return;
        var known = await db.NumberAsync($"select count(*) as n from audit_breaks where organization_id = {organization}", ct) > 0;
        if (found.IsValid && !known) return;
        await using var tx = await db.BeginAsync(ct);
        if (found.Reason is not { } reason) await tx.ExecuteAsync($"delete from audit_breaks where organization_id = {organization}", ct);
        else
        {
            await tx.ExecuteAsync(
                $"""
                insert into audit_breaks (organization_id, entry_id, reason, found_ms) values ({organization}, {found.FirstBroken}, {reason}, {clock.Now()})
                on conflict (organization_id) do update set entry_id = excluded.entry_id, reason = excluded.reason, found_ms = excluded.found_ms
                """,
                ct);
        }

        await tx.CommitAsync();
    }
}
