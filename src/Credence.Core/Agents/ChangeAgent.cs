using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>An organization changes an agent; suspending it stops its tokens, and making it active again lets those that are left go on.</summary>
public sealed class ChangeAgent(Db db, RevocationIndex revocations, AgentOptions options, TimeProvider clock)
{
    /// <summary>What to change; null leaves a thing as it is.</summary>
    /// <param name="Name">A new name.</param>
    /// <param name="Description">A new description.</param>
    /// <param name="Scopes">Replaces the list.</param>
    /// <param name="RedirectUris">Replaces the list.</param>
    /// <param name="Status">Active or suspended.</param>
    public sealed record Input(string? Name, string? Description, IReadOnlyList<string>? Scopes, IReadOnlyList<string>? RedirectUris, AgentStatus? Status);

    /// <returns>The agent as it is now, or that there is none.</returns>
    public async Task<Result<Agent>> RunAsync(ApiCaller caller, Id<Agent> id, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var before = await AgentStore.HoldAsync(tx, caller.Organization, id, ct);
        if (before is null) return AgentFailures.NotFound;

        var after = before with
        {
            Name = input.Name ?? before.Name,
            Description = input.Description ?? before.Description,
            Scopes = input.Scopes ?? before.Scopes,
            RedirectUris = input.RedirectUris ?? before.RedirectUris,
            Status = input.Status ?? before.Status,
            UpdatedAt = now,
        };
        await AgentStore.SaveAsync(tx, after, ct);
        await AuditLog.AppendAsync(
            tx,
            caller.Act("agent.changed", id.ToString(), new() { ["status"] = Words.Of(after.Status) }),
            now, ct);
        await AgentEvents.AddAsync(tx, after, ReviseAgent.StatusEvent(before, after) ?? "agent.updated", now, ct);
        var marks = Marks(before, after, now + options.LongestToken);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return after;
    }

    /// <summary>What every node must hear of a change of status.</summary>
    internal static Revocation[] Marks(Agent before, Agent after, DateTimeOffset expires) => (before.Status, after.Status) switch
    {
        (AgentStatus.Active, AgentStatus.Suspended) => [Revocation.Of(RevocationKind.Agent, after.Id.ToString(), expires)],
        (AgentStatus.Suspended, AgentStatus.Active) => [Revocation.Lift(RevocationKind.Agent, after.Id.ToString(), expires)],
        _ => [],
    };
}
