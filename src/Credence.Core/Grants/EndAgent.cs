using Credence.Agents;
using Credence.Audit;
using Credence.Credentials;
using Credence.Delegations;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Grants;

/// <summary>
/// An agent is decommissioned: its credentials end, its tokens are refused, and everything granted to it ends with it, passed-on authority and
/// delegations between agents included.
/// </summary>
public sealed class EndAgent(Db db, RevokeGrant revoke, RevocationIndex revocations, AgentOptions options, TimeProvider clock)
{
    /// <summary>An organization deletes it at the grants door.</summary>
    /// <returns>How many grants ended, or that there is no such agent.</returns>
    public async Task<Result<int>> RunAsync(ApiCaller caller, Id<Agent> id, CancellationToken ct)
    {
        var ended = await EndAsync(caller.Organization, id, caller.Act("agent.deleted", id.ToString()), ct);
        return ended is { } count ? count : AgentFailures.NotFound;
    }

    /// <summary>An agent decommissions one of its organization at the agents door (contract agent-idp AE-08).</summary>
    /// <returns>How many grants ended; that there is no such agent, or that it was decommissioned before.</returns>
    public async Task<Result<int>> RunAsync(AgentCaller caller, Id<Agent> id, CancellationToken ct)
    {
        if (await EndAsync(caller.Organization, id, caller.Act("agent.decommissioned", id.ToString()), ct) is { } count) return count;
        return await AgentStore.FindEverAsync(db, caller.Organization, id, ct) is null ? AgentFailures.Unknown : AgentFailures.Decommissioned;
    }

    private async Task<int?> EndAsync(Id<Organization> organization, Id<Agent> id, AuditEvent happened, CancellationToken ct)
    {
        var (now, by) = (clock.Now(), happened.Actor);
        await using var tx = await db.BeginAsync(ct);
        if (await AgentStore.HoldAsync(tx, organization, id, ct) is not { } agent) return null; // exchanges that pinned the agent finish first
        await AgentStore.SaveAsync(tx, agent with { Status = AgentStatus.Decommissioned, UpdatedAt = now }, ct);
        await AuditLog.AppendAsync(tx, happened, now, ct);
        await AgentEvents.AddAsync(tx, agent, "agent.decommissioned", now, ct);

        var credentials = await RevokeCredential.EndAllOfAsync(tx, agent, by, now, ct);
        var trees = await RevokeGrant.EndEachAsync(tx, await GrantStore.HeldByAsync(tx, organization, [id], ct), by, now, ct);
        var delegations = await RevokeDelegation.EndAllOfAsync(tx, id, by, now, ct);
        Revocation[] own = [Revocation.Of(RevocationKind.Agent, id.ToString(), now + options.LongestToken), .. credentials, .. delegations];
        await RevocationStore.AddAsync(tx, [.. own, .. trees.SelectMany(tree => tree.Marks)], ct);
        await tx.CommitAsync();

        revocations.Announce(own);
        foreach (var tree in trees) revoke.Announce(tree, by);
        return trees.Sum(tree => tree.Ended.Count);
    }
}
