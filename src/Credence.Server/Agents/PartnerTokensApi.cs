using System.Text.Json;
using Credence.Federation;
using Credence.Issuers;

namespace Credence.Server.Agents;

/// <summary><c>POST /api/v1/federation/verify</c>: any agent has a partner's token checked (contract agent-idp AE-45).</summary>
internal static class PartnerTokensApi
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(AgentsDoor.Base + "/federation/verify", Verify).AnswersForeign(StatusCodes.Status401Unauthorized); // a partner not trusted for that organization

    private static async Task<IResult> Verify(AgentsCall call, CheckPartnerToken check, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var token = call.Body.Text("token", ForeignToken.MaxLength);
        var audience = call.Body.TextOrNull("expectedAudience", 2048);
        if (call.Invalid() is { } invalid) return invalid;
        var found = await check.RunAsync(token, audience, ct);
        return found.Succeeded
            ? AgentsAnswers.Ok(PartnerToken.Of(found.Value), AgentsJson.Wire.PartnerToken)
            : found.Failure.Answer() with { Challenge = "Bearer" }; // the caller's own token is good: no error of it is named
    }

    /// <summary>What a partner's token says.</summary>
    internal sealed record PartnerToken(bool Valid, string? Issuer, string? Subject, string? OrganizationId, JsonElement Claims)
    {
        public static PartnerToken Of(ForeignToken token) => new(true, token.Issuer, token.Text("sub"), token.Text("organization_id"), token.Claims);
    }
}
