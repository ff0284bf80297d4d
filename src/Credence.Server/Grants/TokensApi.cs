using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Tokens;
using Credence.Usage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/tokens</c>: a service asks whether a token counts, and a developer ends one.</summary>
internal static class TokensApi
{
    /// <summary>The longest token that is looked at; longer ones are no tokens of ours.</summary>
    public const int TokenLength = 16 * 1024;

    private static readonly TokenVerdict NotValid = new(false, null, null, null, null, null);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/tokens/verify", Verify).OnlyReads();
        routes.MapPost("/v1/tokens/revoke", Revoke);
    }

    private static async Task<IResult> Verify(GrantsCall call, CheckToken check, MeterUsage usage, CancellationToken ct)
    {
        var token = call.Body.Text("token", JsonBody.Largest);
        if (call.Body.Problem is { } problem) return problem.Answer();
        usage.CountVerification(call.Caller.Organization);
        return (await check.RunAsync(call.Caller, token, ct)).Ok(TokenVerdict.Of, GrantsJson.Wire.TokenVerdict);
    }

    private static async Task<IResult> Revoke(GrantsCall call, RevokeToken revoke, CancellationToken ct)
    {
        var jti = call.Body.Text("jti", 512);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await revoke.RunAsync(call.Caller, Ids.Read<GrantToken>(jti), ct)).Done();
    }

    /// <summary>Whether a token counts. When it does not, nothing says why: that would help whoever forges one.</summary>
    internal sealed record TokenVerdict(bool Valid, string? GrantId, IReadOnlyList<string>? Scopes, string? Principal, string? Agent, string? ExpiresAt)
    {
        public static TokenVerdict Of(TokenCheck check) => check is { Reason: null, Claims: { } claims }
            ? new(true, claims.Grant.ToString(), claims.Scopes, claims.Subject, Credence.Agents.Agent.DidOf(claims.Agent), claims.ExpiresAt.Iso())
            : NotValid;
    }
}
