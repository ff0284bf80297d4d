using System.Text.Json.Serialization;
using Credence.Agents;
using Credence.Server.Doors;
using Credence.Tokens;

namespace Credence.Server.Agents;

/// <summary><c>POST /api/v1/token/introspect</c>: what a token is worth (contract agent-idp AE-14; RFC 7662).</summary>
internal static class IntrospectionApi
{
    private static readonly byte[] Inactive = """{"active":false}"""u8.ToArray();

    /// <summary>Maps the route. Another organization's token is not there for the caller: inactive, like any that is none (RFC 7662 2.2).</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(AgentsDoor.Base + "/token/introspect", Introspect).NeedsScope(AgentScopes.ReadTokens).SpeaksOAuth().AnswersForeign(StatusCodes.Status200OK);

    private static async Task<IResult> Introspect(AgentsCall call, IntrospectToken introspect, CancellationToken ct)
    {
        var (form, unread) = await OAuthForm.ReadAsync(call.Http.Request, ct);
        if (unread is not null) return unread;
        if (form["token"] is not { } token) return OAuthErrors.InvalidRequest("token is required");
        var found = await introspect.RunAsync(call.Caller, token, ct);
        if (!found.Succeeded) return found.Failure.Answer();
        call.Http.Response.Headers.CacheControl = "no-store";
        return found.Value is { } claims
            ? AgentsAnswers.Ok(Introspected.Of(claims), AgentsJson.Wire.Introspected)
            : new JsonAnswer(StatusCodes.Status200OK, Inactive);
    }

    /// <summary>What a token that counts says (RFC 7662 2.2; RFC 8693 4.1).</summary>
    internal sealed record Introspected(
        [property: JsonPropertyName("active")] bool Active,
        [property: JsonPropertyName("sub")] Guid Subject,
        [property: JsonPropertyName("client_id")] Guid ClientId,
        [property: JsonPropertyName("scope")] string Scope,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("iat")] long IssuedAt,
        [property: JsonPropertyName("exp")] long ExpiresAt,
        [property: JsonPropertyName("jti")] Guid Token,
        [property: JsonPropertyName("iss")] string Issuer,
        [property: JsonPropertyName("aud")] string Audience,
        [property: JsonPropertyName("organization_id")] Guid OrganizationId,
        [property: JsonPropertyName("act"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Actor? Act)
    {
        public static Introspected Of(AccessClaims claims) => new(
            true, claims.Subject.Value, claims.Agent.Value, claims.Scope, "Bearer", claims.IssuedAt.ToUnixTimeSeconds(), claims.ExpiresAt.ToUnixTimeSeconds(),
            claims.Token.Value, claims.Issuer, claims.Audience, claims.Organization.Value, Actor.Of(claims.Descent));
    }

    /// <summary>Who acts with another's authority, and through whom it came.</summary>
    internal sealed record Actor(
        [property: JsonPropertyName("sub")] Guid Subject,
        [property: JsonPropertyName("act"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Actor? Act)
    {
        public static Actor? Of(TokenDescent? descent) => descent?.Parties.Skip(1).Aggregate((Actor?)null, (before, party) => new Actor(party.Value, before));
    }
}
