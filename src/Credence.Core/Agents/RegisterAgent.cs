using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Usage;

namespace Credence.Agents;

/// <summary>An agent registers another in its organization, at the agents door (contract agent-idp AE-04).</summary>
public sealed class RegisterAgent(Db db, PlanGate plan, AgentUsage usage, Metrics metrics, TimeProvider clock)
{
    /// <returns>The agent; or that its address is taken, or that the plan has no place left.</returns>
    public async Task<Result<Agent>> RunAsync(AgentCaller caller, AgentProfile profile, CancellationToken ct)
    {
        if (profile.Scopes?.All(caller.Has) == false) return AgentFailures.ScopesBeyond;
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await OrganizationStore.FindAsync(tx, caller.Organization, ct) is not { } organization) return OrganizationFailures.NotFound;
        if (await plan.AdmitAgentAsync(tx, organization, ct) is { } full)
        {
            metrics.TierRejected(organization.Id.Value, "agents");
            return full;
        }

        var agent = New(organization.Id, profile, now);
        if (!await AgentStore.AddAsync(tx, agent, MemberRole.Member, ct)) return AgentFailures.EmailTaken;
        await AuditLog.AppendAsync(tx, caller.Act("agent.created", agent.Id.ToString()), now, ct);
        await AgentEvents.AddAsync(tx, agent, "agent.created", now, ct);
        await tx.CommitAsync();
        usage.Count(agent.Organization, agent.Id, AgentUsageKind.AgentRegistered);
        metrics.AgentRegistered(profile.Environment is { } environment ? Words.Of(environment) : "unknown");
        return agent;
    }

    /// <summary>What a new agent of the agents door is: the grants door shows it under its address, with nothing it may ask people for.</summary>
    internal static Agent New(Id<Organization> organization, AgentProfile profile, DateTimeOffset now) =>
        new(Id<Agent>.New(now), organization, profile.Email!, "", [], [], AgentStatus.Active, now, now) { Profile = profile };
}
