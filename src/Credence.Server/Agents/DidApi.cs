using Credence.Agents;
using Credence.Server.Doors;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Server.Agents;

/// <summary>Who an agent is, for anybody: its DID document and its card (contract agent-idp AE-28 to AE-31; DID Core 1.0; did:web method).</summary>
internal static class DidApi
{
    private const string Path = AgentsDoor.Base + "/agents/{agentId}/did";

    private static readonly Failure Over = new(FailureKind.Gone, "AGENT_DECOMMISSIONED", "The agent is decommissioned.");

    /// <summary>Maps the routes. What is public of an agent is public to everybody.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, RouteFacts.Read, Document).NeedsNoToken().AnswersForeign(StatusCodes.Status200OK);
        routes.MapMethods("/agents/{agentId}/did.json", RouteFacts.Read, Document).NeedsNoToken().AnswersForeign(StatusCodes.Status200OK);
        routes.MapMethods(Path + "/card", RouteFacts.Read, Card).NeedsNoToken().AnswersForeign(StatusCodes.Status200OK);
        routes.MapMethods(Path + "/resolve", RouteFacts.Read, Resolve).NeedsScope(AgentScopes.ReadAgents).AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Document(string agentId, AgentsCall call, Db db, AgentsOptions options, Metrics metrics, CancellationToken ct)
    {
        var (agent, refused) = await FindAsync(agentId, call, (id, end) => AgentStore.FindAnyEverAsync(db, id, end), ct);
        if (agent is null) return refused!;
        metrics.DidDocumentGenerated();
        return AgentsAnswers.Ok(AgentDid.Of(agent, options), DidJson.Wire.DidDocument);
    }

    private static async Task<IResult> Card(string agentId, AgentsCall call, Db db, AgentsOptions options, CancellationToken ct)
    {
        var (agent, refused) = await FindAsync(agentId, call, (id, end) => AgentStore.FindAnyEverAsync(db, id, end), ct);
        return agent is null ? refused! : AgentsAnswers.Ok(AgentCard.Of(agent, options), AgentsJson.Wire.AgentCard);
    }

    private static async Task<IResult> Resolve(string agentId, AgentsCall call, Db db, AgentsOptions options, Metrics metrics, CancellationToken ct)
    {
        var (agent, refused) = await FindAsync(agentId, call, (id, end) => AgentStore.FindEverAsync(db, call.Caller.Organization, id, end), ct);
        if (agent is null) return refused!;
        metrics.DidDocumentGenerated();
        return AgentsAnswers.Ok(AgentDid.Resolved(agent, options), DidJson.Wire.DidResolution);
    }

    private static async Task<(Agent? Agent, IResult? Refused)> FindAsync(
        string agentId, AgentsCall call, Func<Id<Agent>, CancellationToken, Task<Agent?>> find, CancellationToken ct)
    {
        var id = call.Id<Agent>("agentId", agentId);
        if (call.Invalid() is { } invalid) return (null, invalid);
        return await find(id, ct) switch
        {
            null => (null, AgentFailures.Unknown.Answer()),
            { Status: AgentStatus.Decommissioned } => (null, Over.Answer()),
            var agent => (agent, null),
        };
    }

    /// <summary>An agent's card (AE-31); null for what is not known of one that the grants door made.</summary>
    internal sealed record AgentCard(
        string Did,
        string Name,
        string? AgentType,
        IReadOnlyList<string>? Capabilities,
        string? Owner,
        string? Version,
        string? DeploymentEnv,
        string IdentityProvider,
        string IssuedAt)
    {
        public static AgentCard Of(Agent agent, AgentsOptions options) => new(
            options.DidOf(agent.Id.Value),
            agent.Profile.Email ?? agent.Name,
            agent.Profile.Type is { } type ? Words.Of(type) : null,
            agent.Profile.Capabilities,
            agent.Profile.Owner,
            agent.Profile.Version,
            agent.Profile.Environment is { } environment ? Words.Of(environment) : null,
            options.PublicBaseUrl,
            agent.CreatedAt.Iso());
    }
}
