using Credence.Agents;
using Credence.Grants;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/agents</c>: the organization's agents (contract agent-idp AE-04 to AE-08).</summary>
internal static class AgentsApi
{
    private const string Path = AgentsDoor.Base + "/agents";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Register).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status201Created);
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsScope(AgentScopes.ReadAgents).AnswersForeign(StatusCodes.Status200OK);
        routes.MapMethods(Path + "/{agentId}", RouteFacts.Read, Get).NeedsScope(AgentScopes.ReadAgents).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapPatch(Path + "/{agentId}", Revise).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapDelete(Path + "/{agentId}", End).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Register(AgentsCall call, RegisterAgent register, AgentsOptions options, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var profile = ProfileFields.New(call.Body);
        if (call.Invalid() is { } invalid) return invalid;
        var made = await register.RunAsync(call.Caller, profile, ct);
        return made.Created(agent => AgentShape.Of(agent, options), AgentsJson.Wire.AgentShape, agent => $"{Path}/{agent.Id.Value}");
    }

    private static async Task<IResult> List(AgentsCall call, Db db, AgentsOptions options, CancellationToken ct)
    {
        var filter = new AgentFilter(
            call.Query.TextOrNull("owner", 128), call.Query.WordOrNull<AgentType>("agentType"), call.Query.WordOrNull<AgentStatus>("status"));
        var page = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        var organization = call.Caller.Organization;
        var agents = await AgentStore.ListAsync(db, organization, filter, page.Skip, page.Limit, ct);
        var total = await AgentStore.CountAsync(db, organization, filter, ct);
        return AgentsAnswers.Ok(
            new PageOf<AgentShape>(agents.ConvertAll(agent => AgentShape.Of(agent, options)), total, page.Number, page.Limit), AgentsJson.Wire.PageOfAgentShape);
    }

    private static async Task<IResult> Get(string agentId, AgentsCall call, Db db, AgentsOptions options, CancellationToken ct)
    {
        var id = call.Id<Agent>("agentId", agentId);
        if (call.Invalid() is { } invalid) return invalid;
        return await AgentStore.FindEverAsync(db, call.Caller.Organization, id, ct) is { } agent
            ? AgentsAnswers.Ok(AgentShape.Of(agent, options), AgentsJson.Wire.AgentShape)
            : AgentFailures.Unknown.Answer();
    }

    private static async Task<IResult> Revise(string agentId, AgentsCall call, ReviseAgent revise, EndAgent end, Db db, AgentsOptions options, CancellationToken ct)
    {
        var id = call.Id<Agent>("agentId", agentId);
        if (call.Invalid() is { } malformed) return malformed;
        if (await AgentStore.FindEverAsync(db, call.Caller.Organization, id, ct) is not { } found) return AgentFailures.Unknown.Answer();
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var input = ProfileFields.Changed(call.Body);
        if (call.Invalid() is { } invalid) return invalid;
        if (found.Status == AgentStatus.Decommissioned) return AgentFailures.Decommissioned.Answer();

        if (input.Status != AgentStatus.Decommissioned)
        {
            return (await revise.RunAsync(call.Caller, id, input, ct)).Ok(agent => AgentShape.Of(agent, options), AgentsJson.Wire.AgentShape);
        }

        var ended = await end.RunAsync(call.Caller, id, ct);
        if (!ended.Succeeded) return ended.Failure.Answer();
        return AgentsAnswers.Ok(AgentShape.Of((await AgentStore.FindEverAsync(db, call.Caller.Organization, id, ct))!, options), AgentsJson.Wire.AgentShape);
    }

    private static async Task<IResult> End(string agentId, AgentsCall call, EndAgent end, CancellationToken ct)
    {
        var id = call.Id<Agent>("agentId", agentId);
        if (call.Invalid() is { } invalid) return invalid;
        return (await end.RunAsync(call.Caller, id, ct)).Done();
    }

    /// <summary>An agent as this door shows it; null for what the grants door did not ask for.</summary>
    internal sealed record AgentShape(
        Guid AgentId,
        string? Email,
        string? AgentType,
        string? Version,
        IReadOnlyList<string>? Capabilities,
        string? Owner,
        string? DeploymentEnv,
        string Status,
        Guid OrganizationId,
        string Did,
        string CreatedAt,
        string UpdatedAt)
    {
        public static AgentShape Of(Agent agent, AgentsOptions options) => new(
            agent.Id.Value,
            agent.Profile.Email,
            agent.Profile.Type is { } type ? Words.Of(type) : null,
            agent.Profile.Version,
            agent.Profile.Capabilities,
            agent.Profile.Owner,
            agent.Profile.Environment is { } environment ? Words.Of(environment) : null,
            Words.Of(agent.Status),
            agent.Organization.Value,
            options.DidOf(agent.Id.Value),
            agent.CreatedAt.Iso(),
            agent.UpdatedAt.Iso());
    }
}
