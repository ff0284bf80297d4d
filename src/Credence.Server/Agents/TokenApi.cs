using System.Text.Json.Serialization;
using Credence.Agents;
using Credence.Tokens;

namespace Credence.Server.Agents;

/// <summary><c>POST /api/v1/token</c>: an agent proves itself and gets an access token (contract agent-idp AE-13; RFC 6749 4.4, RFC 8693).</summary>
internal static class TokenApi
{
    /// <summary>Maps the route under both of its names.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in new[] { "/token", "/oauth2/token" })
        {
            routes.MapPost(AgentsDoor.Base + path, Issue).NeedsNoToken().SpeaksOAuth().AnswersForeign(StatusCodes.Status401Unauthorized);
        }
    }

    private static async Task<IResult> Issue(
        AgentsCall call, ClientAuthentication authentication, CallLimits limits, TierGate tiers, IssueAccessToken issue, IssueIdToken identify,
        TokenExchange exchange, AgentsOptions options, CancellationToken ct)
    {
        var (form, unread) = await OAuthForm.ReadAsync(call.Http.Request, ct);
        if (unread is not null) return unread;
        var (client, unproven) = await authentication.RunAsync(call.Http.Request, form, ct);
        if (client is null) return unproven!;
        if (await limits.AgentAsync(call.Http, client.Agent.Value) is { } tooMany) return tooMany;

        if (form["grant_type"] is not { } grantType) return OAuthErrors.InvalidRequest("grant_type is required");
        if (grantType == TokenExchange.GrantType && options.HasDelegation) return await exchange.RunAsync(call, client, form, ct);
        if (grantType != "client_credentials") return new OAuthRefusal(StatusCodes.Status400BadRequest, "unsupported_grant_type", "This grant type is not offered");
        var asked = form["scope"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (issued, limited) = await tiers.IssueAsync(client, () => issue.RunAsync(client, asked, ct), ct);
        if (limited is not null) return limited;
        if (!issued.Succeeded) return issued.Failure.OAuthAnswer();
        var idToken = issued.Value.Claims.Scopes.Contains(AgentScopes.OpenId, StringComparer.Ordinal)
            ? await identify.RunAsync(issued.Value, client.SigningAlg, form["nonce"], ct)
            : null;
        return Answer(call, issued.Value, idToken);
    }

    /// <summary>A token that no cache may keep (RFC 6749 5.1).</summary>
    internal static IResult Answer(AgentsCall call, IssuedAccessToken issued, string? idToken, string? type = null)
    {
        call.Http.Response.Headers.CacheControl = "no-store";
        call.Http.Response.Headers.Pragma = "no-cache";
        return AgentsAnswers.Ok(IssuedToken.Of(issued, idToken, type), AgentsJson.Wire.IssuedToken);
    }

    /// <summary>The answer (RFC 6749 5.1; RFC 8693 2.2.1).</summary>
    internal sealed record IssuedToken(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] long ExpiresIn,
        [property: JsonPropertyName("scope")] string Scope,
        [property: JsonPropertyName("id_token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? IdToken,
        [property: JsonPropertyName("issued_token_type"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? IssuedTokenType)
    {
        public static IssuedToken Of(IssuedAccessToken issued, string? idToken, string? type) => new(
            issued.Jwt, "Bearer", (long)(issued.Claims.ExpiresAt - issued.Claims.IssuedAt).TotalSeconds, issued.Claims.Scope, idToken, type);
    }
}
