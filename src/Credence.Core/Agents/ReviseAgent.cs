using Credence.Audit;
using Credence.Keys;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>An agent is changed, stopped or let go on at the agents door (contract agent-idp AE-07). Ending it for good takes more: see the grants it holds.</summary>
public sealed class ReviseAgent(Db db, RevocationIndex revocations, AgentOptions options, TimeProvider clock)
{
    /// <summary>What to change; null leaves a thing as it is.</summary>
    /// <param name="Type">What sort of agent it is.</param>
    /// <param name="Version">Which version of it.</param>
    /// <param name="Capabilities">Replaces the list.</param>
    /// <param name="Owner">Who is responsible for it.</param>
    /// <param name="Environment">Where it runs.</param>
    /// <param name="Key">Another public key, or none from now on.</param>
    /// <param name="Status">Active or suspended.</param>
    public sealed record Input(
        AgentType? Type, string? Version, IReadOnlyList<string>? Capabilities, string? Owner, DeploymentEnvironment? Environment, NewKey? Key, AgentStatus? Status)
    {
        /// <summary>Whether it says what the agent is, besides whether it works.</summary>
        internal bool Describes => this with { Status = null } != new Input(null, null, null, null, null, null, null);
    }

    /// <summary>A public key in place of the one before, or none.</summary>
    public sealed record NewKey(PublicJwk? Jwk);

    /// <returns>The agent as it is now; or that there is none, or that it is gone for good.</returns>
    public async Task<Result<Agent>> RunAsync(AgentCaller caller, Id<Agent> id, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await AgentStore.HoldAsync(tx, caller.Organization, id, ct) is not { } before)
        {
            return await AgentStore.FindEverAsync(tx, caller.Organization, id, ct) is null ? AgentFailures.Unknown : AgentFailures.Decommissioned;
        }

        var profile = before.Profile;
        var after = before with
        {
            Profile = profile with
            {
                Type = input.Type ?? profile.Type,
                Version = input.Version ?? profile.Version,
                Capabilities = input.Capabilities ?? profile.Capabilities,
                Owner = input.Owner ?? profile.Owner,
                Environment = input.Environment ?? profile.Environment,
                PublicKey = input.Key is { } key ? key.Jwk : profile.PublicKey,
            },
            Status = input.Status ?? before.Status,
            UpdatedAt = now,
        };
        await AgentStore.SaveAsync(tx, after, ct);
        foreach (var type in Happened(before, after, input))
        {
            await AuditLog.AppendAsync(tx, caller.Act(type, id.ToString()), now, ct);
            await AgentEvents.AddAsync(tx, after, type, now, ct);
        }

        var marks = ChangeAgent.Marks(before, after, now + options.LongestToken);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return after;
    }

    private static IEnumerable<string> Happened(Agent before, Agent after, Input input)
    {
        if (input.Describes) yield return "agent.updated";
        if (StatusEvent(before, after) is { } type) yield return type;
    }

    /// <summary>What a change of status is called; null when there is none.</summary>
    internal static string? StatusEvent(Agent before, Agent after) => (before.Status, after.Status) switch
    {
        (AgentStatus.Active, AgentStatus.Suspended) => "agent.suspended",
        (AgentStatus.Suspended, AgentStatus.Active) => "agent.reactivated",
        _ => null,
    };
}
