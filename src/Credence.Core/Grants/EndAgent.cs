using Credence.Agents;
using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Grants;

/// <summary>An organization deletes an agent: it is decommissioned, and everything granted to it ends with it, passed-on authority included.</summary>
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

        var trees = new List<(Grant Top, List<Grant> Ended, List<Revocation> Marks)>();
        foreach (var held in await GrantStore.HeldByAsync(tx, id, ct))
        {
            await GrantStore.HoldTreeAsync(tx, caller.Organization, held.Id, ct);
            var ended = await RevokeGrant.EndAsync(tx, held, caller.Key.ToString(), now, ct);
            if (ended.Count > 0) trees.Add((held, ended, RevokeGrant.Marks(ended)));
        }

        Revocation[] own = [Revocation.Of(RevocationKind.Agent, id.ToString(), now + options.LongestToken)];
        await RevocationStore.AddAsync(tx, [.. own, .. trees.SelectMany(tree => tree.Marks)], ct);
        await tx.CommitAsync();

        revocations.Announce(own);
        foreach (var (top, ended, marks) in trees) revoke.Announce(top, ended, marks, caller.Key.ToString());
        return trees.Sum(tree => tree.Ended.Count);
    }
}
