using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>An organization registers an agent.</summary>
public sealed class CreateAgent(Db db, PlanGate plan, TimeProvider clock)
{
    /// <summary>What the agent shall be; fields as <see cref="Agent"/> has them.</summary>
    /// <param name="Name">Not blank, trimmed.</param>
    /// <param name="Description">May be empty.</param>
    /// <param name="Scopes">What it may ask for.</param>
    /// <param name="RedirectUris">Where a browser may go after consent.</param>
    public sealed record Input(string Name, string Description, IReadOnlyList<string> Scopes, IReadOnlyList<string> RedirectUris);

    /// <returns>The agent, or that the plan has no place left.</returns>
    public async Task<Result<Agent>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        var agent = new Agent(
            Id<Agent>.New(now), caller.Organization, input.Name, input.Description, input.Scopes, input.RedirectUris, AgentStatus.Active, now, now);

        await using var tx = await db.BeginAsync(ct);
        if (await plan.AdmitAgentAsync(tx, caller, ct) is { } full) return full;
        await AgentStore.AddAsync(tx, agent, MemberRole.Member, ct);
        await AuditLog.AppendAsync(tx, caller.Act("agent.created", agent.Id.ToString()), now, ct);
        await AgentEvents.AddAsync(tx, agent, "agent.created", now, ct);
        await tx.CommitAsync();
        return agent;
    }
}
