using Credence.Agents;
using Credence.Credentials;
using Credence.Issuers;
using Credence.Tokens;
using Credence.Workloads;

namespace Credence.Server.Agents;

/// <summary><c>POST /api/v1/oidc/token</c>: a CI job shows its provider's token and gets an agent's access token, without a secret (contract agent-idp AE-49).</summary>
internal static class WorkloadTokensApi
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(AgentsDoor.Base + "/oidc/token", Exchange).NeedsNoToken().AnswersForeign(StatusCodes.Status403Forbidden);

    private static async Task<IResult> Exchange(
        AgentsCall call, AdmitWorkload admit, FindClient find, CallLimits limits, TierGate tiers, IssueAccessToken issue, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var token = call.Body.Text("token", ForeignToken.MaxLength);
        Id<Agent>? wanted = call.Body.Has("agentId") ? call.BodyId<Agent>("agentId") : null;
        if (call.Invalid() is { } invalid) return invalid;

        var admitted = await admit.RunAsync(token, wanted, ct);
        if (!admitted.Succeeded) return Refuse(admitted.Failure);
        if (await limits.AgentAsync(call.Http, admitted.Value.Agent.Value) is { } tooMany) return tooMany;
        if (await find.ByAgentAsync(admitted.Value.Agent, ct) is not { } client) return Refuse(WorkloadFailures.NotTrusted);
        var (issued, limited) = await tiers.IssueAsync(client, () => issue.RunAsync(client, asked: null, ct), ct);
        if (limited is not null) return limited;
        return issued.Succeeded ? TokenApi.Answer(call, issued.Value, idToken: null) : issued.Failure.Answer();
    }

    private static AgentsRefusal Refuse(Failure failure) => failure.Answer() with { Challenge = failure.Kind == FailureKind.Unauthorized ? "Bearer" : null };
}
