using Credence.Agents;
using Credence.Audit;
using Credence.Storage;

namespace Credence.Workloads;

/// <summary>An organization lets the jobs of a repository act as one of its agents (contract agent-idp AE-46).</summary>
public sealed class AddTrustPolicy(Db db, TimeProvider clock)
{
    /// <summary>What is trusted; fields as <see cref="TrustPolicy"/> has them.</summary>
    public sealed record Input(WorkloadProvider Provider, string Repository, string? Branch, Id<Agent> Agent);

    /// <returns>The policy; or that there is no such agent, or the same policy already.</returns>
    public async Task<Result<TrustPolicy>> RunAsync(AgentCaller caller, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        var policy = new TrustPolicy(
            Id<TrustPolicy>.New(now), caller.Organization, input.Agent, input.Provider, input.Repository, input.Branch, OwnerId: null, now, now);
        await using var tx = await db.BeginAsync(ct);
        if (await AgentStore.FindAsync(tx, caller.Organization, input.Agent, ct) is null) return AgentFailures.Unknown;
        if (!await TrustPolicyStore.AddAsync(tx, policy, ct)) return WorkloadFailures.AlreadyThere;
        await AuditLog.AppendAsync(tx, caller.Act("trust_policy.created", policy.Id.ToString(), Facts(policy)), now, ct);
        await tx.CommitAsync();
        return policy;
    }

    internal static SortedDictionary<string, string> Facts(TrustPolicy policy)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["agent"] = policy.Agent.ToString(),
            ["provider"] = Words.Of(policy.Provider),
            ["repository"] = policy.Repository,
        };
        if (policy.Branch is not null) facts["branch"] = policy.Branch;
        return facts;
    }
}
