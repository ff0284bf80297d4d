using Credence.Agents;
using Credence.Audit;
using Credence.Storage;

namespace Credence.Workloads;

/// <summary>An organization no longer lets the jobs of a repository act as an agent (contract agent-idp AE-48). Tokens they have run out within the hour.</summary>
public sealed class RemoveTrustPolicy(Db db, TimeProvider clock)
{
    /// <returns>True, or that there is no such policy.</returns>
    public async Task<Result<bool>> RunAsync(AgentCaller caller, Id<TrustPolicy> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await TrustPolicyStore.DeleteAsync(tx, caller.Organization, id, ct) is not { } removed) return WorkloadFailures.NotFound;
        await AuditLog.AppendAsync(tx, caller.Act("trust_policy.removed", id.ToString(), AddTrustPolicy.Facts(removed)), now, ct);
        await tx.CommitAsync();
        return true;
    }
}
