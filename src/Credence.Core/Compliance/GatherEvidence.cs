using Credence.Agents;
using Credence.Audit;
using Credence.Organizations;
using Credence.Policies;
using Credence.Proofs;
using Credence.Storage;

namespace Credence.Compliance;

/// <summary>Gathers what an auditor asks for: grants, logged entries, policies, and whether the log holds (contract grantex-enterprise 2).</summary>
public sealed class GatherEvidence(Db db, MakeCheckpoint checkpoints)
{
    /// <summary>Fixes what belongs to it: what is logged or granted from here on does not.</summary>
    /// <returns>The evidence, or why no checkpoint can be signed now. A log that does not fit its checkpoints is evidence too.</returns>
    public async Task<Result<Evidence>> RunAsync(ApiCaller caller, Period period, DateTimeOffset now, CancellationToken ct)
    {
        var organization = caller.Organization.ToString();
        var head = await LoggedStore.HeadAsync(db, organization, ct);
        var span = await LoggedStore.SpanAsync(db, organization, period.Since, period.Until, ct);
        span = span with { End = Math.Min(span.End, head.Sequence) };

        var signed = await checkpoints.RunAsync(organization, ct); // after the head was read, so that it covers all there is in here
        if (!signed.Succeeded && signed.Failure != ProofFailures.Empty && signed.Failure != ProofFailures.Damaged) return signed.Failure;
        return new Evidence(db, caller, period, now, span, new ChainFollower(span, head, MayBeEmptiedAsync))
        {
            Agents = await AgentStore.CountAsync(db, caller.Organization, ct),
            Policies = await PolicyStore.ListAsync(db, caller.Organization, ct),
            Checkpoint = signed.Succeeded ? signed.Value : null,
            IsDamaged = !signed.Succeeded && signed.Failure == ProofFailures.Damaged,
        };

        async Task<long> MayBeEmptiedAsync(CancellationToken token) =>
            await checkpoints.RunAsync(organization, token) is { Succeeded: true } newest ? newest.Value.Checkpoint.Dropped : 0;
    }
}
