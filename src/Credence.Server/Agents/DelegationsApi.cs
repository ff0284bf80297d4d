using Credence.Agents;
using Credence.Delegations;
using Credence.Storage;
using Credence.Tokens;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/oauth2/token/…delegat…</c>: agents pass authority on to agents (contract agent-idp AE-36 to AE-39).</summary>
internal static class DelegationsApi
{
    private const string Path = AgentsDoor.Base + "/oauth2/token";
    private const int LeastSeconds = 60;
    private const int MostSeconds = 86_400;
    private const int MostScopes = 100;

    /// <summary>Maps the routes; without <c>A2A_ENABLED</c> they are not there.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path + "/delegate", Delegate).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapPost(Path + "/verify-delegation", Verify).AnswersForeign(StatusCodes.Status200OK); // "valid": false, as introspection does
        routes.MapDelete(Path + "/delegate/{chainId}", Revoke).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path + "/delegations", RouteFacts.Read, List).AnswersForeign(StatusCodes.Status200OK); // the caller's own alone
    }

    private static async Task<IResult> Delegate(AgentsCall call, DelegateToAgent delegateToAgent, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var input = new DelegateToAgent.Input(
            call.BodyId<Agent>("delegateeAgentId"),
            [.. call.Body.Scopes("scopes", 1, MostScopes).Distinct(StringComparer.Ordinal)],
            TimeSpan.FromSeconds(call.Body.Number("ttlSeconds", LeastSeconds, MostSeconds)),
            call.Body.TextOrNull("parentDelegationToken", Jws.MaxLength));
        if (call.Invalid() is { } invalid) return invalid;
        return (await delegateToAgent.RunAsync(call.Caller, input, ct)).Created(NewDelegation.Of, AgentsJson.Wire.NewDelegation);
    }

    private static async Task<IResult> Verify(AgentsCall call, CheckDelegation check, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var token = call.Body.Text("delegationToken", Jws.MaxLength);
        if (call.Invalid() is { } invalid) return invalid;
        var found = await check.RunAsync(call.Caller.Organization, token, ct);
        if (!found.Succeeded) return found.Failure.Answer();
        return found.Value is { Reason: null, Claims: { } claims }
            ? AgentsAnswers.Ok(LiveDelegation.Of(claims), AgentsJson.Wire.LiveDelegation)
            : AgentsAnswers.Ok(new DeadDelegation(false, Words.Of(found.Value.Reason!.Value)), AgentsJson.Wire.DeadDelegation);
    }

    private static async Task<IResult> Revoke(string chainId, AgentsCall call, RevokeDelegation revoke, CancellationToken ct)
    {
        var id = call.Id<Delegation>("chainId", chainId);
        if (call.Invalid() is { } invalid) return invalid;
        return (await revoke.RunAsync(call.Caller, id, ct)).Done();
    }

    private static async Task<IResult> List(AgentsCall call, Db db, TimeProvider clock, CancellationToken ct)
    {
        var direction = call.Query.OneOfOrNull("direction", "given", "received");
        if (direction is null && call.Query.Problem is null) call.Query.Refuse("direction", "is required");
        var active = call.Query.OneOfOrNull("active", "true", "false");
        var page = call.Page();
        if (call.Invalid() is { } invalid) return invalid;

        var filter = new DelegationFilter(call.Caller.Agent, direction == "received", active is null ? null : active == "true", clock.Now());
        var listed = await DelegationStore.ListAsync(db, filter, page.Limit, page.Skip, ct);
        var total = await DelegationStore.CountAsync(db, filter, ct);
        return AgentsAnswers.Ok(new PageOf<DelegationShape>(listed.ConvertAll(DelegationShape.Of), total, page.Number, page.Limit), AgentsJson.Wire.PageOfDelegationShape);
    }

    /// <summary>A delegation just made; its token is shown this once.</summary>
    internal sealed record NewDelegation(
        string DelegationToken, Guid ChainId, Guid DelegatorAgentId, Guid DelegateeAgentId, IReadOnlyList<string> Scopes, string ExpiresAt)
    {
        public static NewDelegation Of(IssuedDelegation issued) => new(
            issued.Token, issued.Delegation.Id.Value, issued.Delegation.Delegator.Value, issued.Delegation.Delegatee.Value, issued.Delegation.Scopes,
            issued.Delegation.ExpiresAt.Iso());
    }

    /// <summary>What a delegation token that counts says; one that was taken back does not, so <c>revokedAt</c> is null.</summary>
    internal sealed record LiveDelegation(
        bool Valid, Guid ChainId, Guid DelegatorAgentId, Guid DelegateeAgentId, IReadOnlyList<string> Scopes, string IssuedAt, string ExpiresAt, string? RevokedAt)
    {
        public static LiveDelegation Of(DelegationClaims claims) => new(
            true, claims.Id.Value, claims.Delegator.Value, claims.Delegatee.Value, claims.Scopes, claims.IssuedAt.Iso(), claims.ExpiresAt.Iso(), null);
    }

    /// <summary>Why one does not count.</summary>
    internal sealed record DeadDelegation(bool Valid, string Reason);

    /// <summary>A delegation as its parties see it; never its token.</summary>
    internal sealed record DelegationShape(
        Guid ChainId,
        Guid DelegatorAgentId,
        Guid DelegateeAgentId,
        IReadOnlyList<string> Scopes,
        string IssuedAt,
        string ExpiresAt,
        string? RevokedAt,
        int Depth)
    {
        public static DelegationShape Of(Delegation delegation) => new(
            delegation.Id.Value, delegation.Delegator.Value, delegation.Delegatee.Value, delegation.Scopes, delegation.IssuedAt.Iso(), delegation.ExpiresAt.Iso(),
            delegation.RevokedAt?.Iso(), delegation.Depth);
    }
}
