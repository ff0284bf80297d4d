using System.Text.Json.Serialization;
using Credence.Agents;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary><c>/agent-info</c>: who the agent is whose token this is; the userinfo endpoint of discovery (contract agent-idp AE-35).</summary>
internal static class AgentInfoApi
{
    /// <summary>Where it is.</summary>
    public const string Path = "/agent-info";

    /// <summary>Maps the route. It tells of the caller alone: no other object can be named.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(Path, RouteFacts.Read, Get).NeedsScope(AgentScopes.OpenId).AnswersForeign(StatusCodes.Status200OK);

    private static async Task<IResult> Get(AgentsCall call, Db db, CancellationToken ct) =>
        await AgentStore.FindAsync(db, call.Caller.Organization, call.Caller.Agent, ct) is { } agent
            ? AgentsAnswers.Ok(AgentInfo.Of(agent), AgentsJson.Wire.AgentInfo)
            : AgentFailures.Unknown.Answer();

    /// <summary>The answer.</summary>
    internal sealed record AgentInfo(
        Guid Sub,
        [property: JsonPropertyName("agent_id")] Guid AgentId,
        [property: JsonPropertyName("agent_type")] string? AgentType,
        [property: JsonPropertyName("organization_id")] Guid OrganizationId,
        IReadOnlyList<string>? Capabilities,
        [property: JsonPropertyName("deployment_env")] string? DeploymentEnv,
        string? Owner)
    {
        public static AgentInfo Of(Agent agent) => new(
            agent.Id.Value,
            agent.Id.Value,
            agent.Profile.Type is { } type ? Words.Of(type) : null,
            agent.Organization.Value,
            agent.Profile.Capabilities,
            agent.Profile.Environment is { } environment ? Words.Of(environment) : null,
            agent.Profile.Owner);
    }
}
