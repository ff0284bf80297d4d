using Credence.Agents;
using Credence.Grants;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/agents</c>: the organization's agents.</summary>
internal static class AgentsApi
{
    private const int MostScopes = 100;
    private const int MostRedirects = 100;
    private const int NameLength = 200;
    private const int DescriptionLength = 4_000;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/agents", Create);
        routes.MapMethods("/v1/agents", RouteFacts.Read, List);
        routes.MapMethods("/v1/agents/{id}", RouteFacts.Read, Get);
        routes.MapPatch("/v1/agents/{id}", Change);
        routes.MapDelete("/v1/agents/{id}", Delete);
    }

    private static async Task<IResult> Create(GrantsCall call, CreateAgent create, CancellationToken ct)
    {
        var input = new CreateAgent.Input(
            call.Body.Name("name", NameLength),
            call.Body.TextOrNull("description", DescriptionLength, min: 0) ?? "",
            call.Body.ScopesOrNull("scopes", 0, MostScopes) ?? [],
            call.Body.WebAddressesOrNull("redirectUris", MostRedirects) ?? []);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await create.RunAsync(call.Caller, input, ct)).Created(AgentShape.Of, GrantsJson.Wire.AgentShape);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var part = call.Query.Part<Agent>();
        if (call.Query.Problem is { } problem) return problem.Answer();
        var agents = await AgentStore.ListAsync(db, call.Caller.Organization, part.Before, part.Most, ct);
        var next = part.Next(agents, agent => agent.CreatedAt, agent => agent.Id);
        return Answers.Ok(new AgentList(agents.ConvertAll(AgentShape.Of), next), GrantsJson.Wire.AgentList);
    }

    private static async Task<IResult> Get(string id, GrantsCall call, Db db, CancellationToken ct) =>
        await AgentStore.FindAsync(db, call.Caller.Organization, Ids.Read<Agent>(id), ct) is { } agent
            ? Answers.Ok(AgentShape.Of(agent), GrantsJson.Wire.AgentShape)
            : AgentFailures.NotFound.Answer();

    private static async Task<IResult> Change(string id, GrantsCall call, ChangeAgent change, CancellationToken ct)
    {
        var input = new ChangeAgent.Input(
            call.Body.NameOrNull("name", NameLength),
            call.Body.TextOrNull("description", DescriptionLength, min: 0),
            call.Body.ScopesOrNull("scopes", 0, MostScopes),
            call.Body.WebAddressesOrNull("redirectUris", MostRedirects),
            call.Body.WordOrNull("status", AgentStatus.Active, AgentStatus.Suspended));
        if (call.Body.Problem is { } problem) return problem.Answer();
        if (input == new ChangeAgent.Input(null, null, null, null, null)) return Failure.Invalid("The body names nothing that can be changed").Answer();
        return (await change.RunAsync(call.Caller, Ids.Read<Agent>(id), input, ct)).Ok(AgentShape.Of, GrantsJson.Wire.AgentShape);
    }

    private static async Task<IResult> Delete(string id, GrantsCall call, EndAgent end, CancellationToken ct) =>
        (await end.RunAsync(call.Caller, Ids.Read<Agent>(id), ct)).Done();

    /// <summary>Agents, newest first.</summary>
    internal sealed record AgentList(List<AgentShape> Agents, string? NextCursor);

    /// <summary>An agent as this door shows it (contract grantex-core 1); redirect addresses only where there are some.</summary>
    internal sealed record AgentShape(
        string AgentId,
        string Did,
        string DeveloperId,
        string Name,
        string Description,
        IReadOnlyList<string> Scopes,
        string Status,
        string CreatedAt,
        string UpdatedAt,
        IReadOnlyList<string>? RedirectUris)
    {
        public static AgentShape Of(Agent agent) => new(
            agent.Id.ToString(),
            agent.Did,
            agent.Organization.ToString(),
            agent.Name,
            agent.Description,
            agent.Scopes,
            Words.Of(agent.Status),
            agent.CreatedAt.Iso(),
            agent.UpdatedAt.Iso(),
            agent.RedirectUris.Count > 0 ? agent.RedirectUris : null);
    }
}
