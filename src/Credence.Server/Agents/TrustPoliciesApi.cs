using System.Text.RegularExpressions;
using Credence.Agents;
using Credence.Storage;
using Credence.Workloads;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/oidc/trust-policies</c>: which repositories' jobs may act as which agent (contract agent-idp AE-46 to AE-48).</summary>
internal static partial class TrustPoliciesApi
{
    private const string Path = AgentsDoor.Base + "/oidc/trust-policies";
    private const int NameLength = 255;
    private const int MatchMs = 100;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Add).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsScope(AgentScopes.ReadAgents).AnswersForeign(StatusCodes.Status200OK); // the own ones alone
        routes.MapDelete(Path + "/{policyId}", Remove).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Add(AgentsCall call, AddTrustPolicy add, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var input = new AddTrustPolicy.Input(
            call.Body.Word<WorkloadProvider>("provider"),
            RepositoryOf(call),
            call.Body.IsNull("branch") ? null : call.Body.TextOrNull("branch", NameLength),
            call.BodyId<Agent>("agentId"));
        if (call.Invalid() is { } invalid) return invalid;
        return (await add.RunAsync(call.Caller, input, ct)).Created(PolicyShape.Of, AgentsJson.Wire.PolicyShape);
    }

    private static async Task<IResult> List(AgentsCall call, Db db, CancellationToken ct)
    {
        Id<Agent>? agent = call.Query.TextOrNull("agentId", 64) is { } text ? call.Id<Agent>("agentId", text) : null;
        var page = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        var listed = await TrustPolicyStore.ListAsync(db, call.Caller.Organization, agent, page.Limit, page.Skip, ct);
        var total = await TrustPolicyStore.CountAsync(db, call.Caller.Organization, agent, ct);
        return AgentsAnswers.Ok(new PageOf<PolicyShape>(listed.ConvertAll(PolicyShape.Of), total, page.Number, page.Limit), AgentsJson.Wire.PageOfPolicyShape);
    }

    private static async Task<IResult> Remove(string policyId, AgentsCall call, RemoveTrustPolicy remove, CancellationToken ct)
    {
        var wanted = call.Id<TrustPolicy>("policyId", policyId);
        if (call.Invalid() is { } invalid) return invalid;
        return (await remove.RunAsync(call.Caller, wanted, ct)).Done();
    }

    private static string RepositoryOf(AgentsCall call)
    {
        var repository = call.Body.Text("repository", NameLength);
        return Repository().IsMatch(repository) ? repository : call.Body.Refuse("repository", "must be an owner and a name with / between them");
    }

    [GeneratedRegex(@"^[a-zA-Z0-9._-]+/[a-zA-Z0-9._-]+\z", RegexOptions.None, MatchMs)]
    private static partial Regex Repository();

    /// <summary>A trust policy as this door shows it.</summary>
    internal sealed record PolicyShape(Guid Id, string Provider, string Repository, string? Branch, Guid AgentId, string CreatedAt, string UpdatedAt)
    {
        public static PolicyShape Of(TrustPolicy policy) => new(
            policy.Id.Value, Words.Of(policy.Provider), policy.Repository, policy.Branch, policy.Agent.Value, policy.CreatedAt.Iso(), policy.UpdatedAt.Iso());
    }
}
