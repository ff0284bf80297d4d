using Credence.Consent;
using Credence.Organizations;
using Credence.Policies;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Grants.Reading;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/authorize</c>: an agent's developer asks for a person's consent.</summary>
internal static class AuthorizeApi
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromHours(24);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/authorize", Ask).Measured(MeasuredOperation.Authorize);
        routes.MapPost("/v1/authorize/{id}/approve", Approve);
        routes.MapPost("/v1/authorize/{id}/deny", Deny);
    }

    private static async Task<IResult> Ask(GrantsCall call, RequestLimits limits, RequestConsent request, GrantsOptions options, CancellationToken ct)
    {
        if (!call.Body.IsObject) return Failure.Invalid("The body must be a JSON object").Answer();
        if (await limits.AuthorizeAsync(call) is { } tooOften) return tooOften; // before the fields: a bad request costs a place too

        var input = new RequestConsent.Input(
            call.Body.Text("agentId", 256),
            call.Body.Text("principalId", 256),
            call.Body.Scopes("scopes", 1, 100),
            call.Body.WebAddressOrNull("redirectUri"),
            call.Body.TextOrNull("state", 1024, min: 0),
            call.Body.TextOrNull("audience", 1024),
            DefaultLife,
            Pkce.Challenge(call.Body));
        call.Body.TextOrNull("expiresIn", 64); // that it is a text is a field's check; what it says comes later
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await request.RunAsync(call.Caller, input with { Lifetime = Lifetime(call.Body) }, ct)).Created(asked => Asked.Of(asked, options), GrantsJson.Wire.Asked);
    }

    /// <summary>Read last and judged by the operation: agent and policy come before it (contract grantex-core 2).</summary>
    private static Result<TimeSpan> Lifetime(Fields body)
    {
        var lifetime = body.DurationOrNull("expiresIn") ?? DefaultLife;
        return body.Problem is { } problem ? problem : lifetime;
    }

    private static async Task<IResult> Approve(string id, GrantsCall call, DecideConsent decide, CancellationToken ct)
    {
        var own = await decide.FindOwnAsync(call.Caller, Ids.Read<ConsentRequest>(id), ct);
        if (!own.Succeeded) return own.Failure.Answer();
        var decided = await decide.ApproveAsync(own.Value.Id, ConsentProof.Sandbox, ct);
        return NotFoundWhenOver(decided).Ok(
            made => new Decided(made.Request.Id.ToString(), Words.Of(ConsentStatus.Approved), made.Code), GrantsJson.Wire.Decided);
    }

    private static async Task<IResult> Deny(string id, GrantsCall call, DecideConsent decide, CancellationToken ct)
    {
        var own = await decide.FindOwnAsync(call.Caller, Ids.Read<ConsentRequest>(id), ct);
        if (!own.Succeeded) return own.Failure.Answer();
        var decided = await decide.DenyAsync(own.Value.Id, ConsentProof.Sandbox, ct);
        return NotFoundWhenOver(decided).Ok(
            made => new Decided(made.Request.Id.ToString(), Words.Of(ConsentStatus.Denied), null), GrantsJson.Wire.Decided);
    }

    /// <summary>These two routes know no 410 (contract grantex-core 2).</summary>
    private static Result<DecideConsent.Output> NotFoundWhenOver(Result<DecideConsent.Output> decided) =>
        decided.Failure is { Kind: FailureKind.Gone } ? ConsentFailures.Decided : decided;

    /// <summary>A request for consent, and its code when nobody need be asked.</summary>
    internal sealed record Asked(
        string AuthRequestId, string ConsentUrl, string ExpiresAt, bool? Sandbox, bool? PolicyEnforced, string? Effect, string? Code)
    {
        public static Asked Of(RequestConsent.Output asked, GrantsOptions options) => new(
            asked.Request.Id.ToString(),
            $"{options.PublicBaseUrl}/consent?req={asked.Request.Id}",
            asked.Request.ExpiresAt.Iso(),
            asked.Request.Proof is ConsentProof.Sandbox ? true : null,
            asked.Request.Proof is ConsentProof.Policy ? true : null,
            asked.Request.Proof is ConsentProof.Policy ? Words.Of(PolicyEffect.Allow) : null,
            asked.Code);
    }

    /// <summary>A sandbox decision; the code comes with an approval.</summary>
    internal sealed record Decided(string RequestId, string Status, string? Code);
}
