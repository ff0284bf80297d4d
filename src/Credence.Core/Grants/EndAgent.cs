using Credence.Agents;
using Credence.Audit;
using Credence.Delegations;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Grants;

/// <summary>An organization deletes an agent: it is decommissioned, and everything granted to it ends with it, passed-on authority and delegations between agents included.</summary>
public sealed class EndAgent(Db db, RevokeGrant revoke, RevocationIndex revocations, AgentOptions options, TimeProvider clock)
{
    /// <returns>How many grants ended, or that there is no such agent.</returns>
    public async Task<Result<int>> RunAsync(ApiCaller caller, Id<Agent> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var agent = await AgentStore.HoldAsync(tx, caller.Organization, id, ct); // exchanges that pinned the agent finish first
        if (agent is null) return AgentFailures.NotFound;
        await AgentStore.SaveAsync(tx, agent with { Status = AgentStatus.Decommissioned, UpdatedAt = now }, ct);
        await AuditLog.AppendAsync(tx, caller.Act("agent.deleted", id.ToString()), now, ct);

        var trees = await RevokeGrant.EndEachAsync(tx, await GrantStore.HeldByAsync(tx, caller.Organization, [id], ct), caller.Key.ToString(), now, ct);
        var delegations = await RevokeDelegation.EndAllOfAsync(tx, id, caller.Key.ToString(), now, ct);
        Revocation[] own = [Revocation.Of(RevocationKind.Agent, id.ToString(), now + options.LongestToken), .. delegations];
        await RevocationStore.AddAsync(tx, [.. own, .. trees.SelectMany(tree => tree.Marks)], ct);
        await tx.CommitAsync();

        revocations.Announce(own);
        foreach (var tree in trees) revoke.Announce(tree, caller.Key.ToString());
        return trees.Sum(tree => tree.Ended.Count);
    }
}
