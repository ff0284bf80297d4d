using Credence.Agents;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary>An agent's card (contract agent-idp AE-31); null for what is not known of one that the grants door made.</summary>
internal static class AgentCards
{
    /// <summary>The card.</summary>
    internal sealed record Card(
        string Did, string Name, string? AgentType, IReadOnlyList<string>? Capabilities, string? Owner, string? Version, string? DeploymentEnv, string IdentityProvider, string IssuedAt);

    /// <summary>Writes it.</summary>
    public static Card Of(Agent agent, AgentsOptions options) => new(
        options.DidOf(agent.Id.Value), agent.Profile.Email ?? agent.Name, agent.Profile.Type is { } type ? Words.Of(type) : null, agent.Profile.Capabilities,
        agent.Profile.Owner, agent.Profile.Version, agent.Profile.Environment is { } environment ? Words.Of(environment) : null, options.PublicBaseUrl, agent.CreatedAt.Iso());
}
