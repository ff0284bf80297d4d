using Credence.Agents;
using Credence.Grants;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Grants.Reading;
using Credence.Storage;
using Credence.Tokens;

namespace Credence.Server.Grants;

/// <summary><c>/v1/token</c>: a code becomes a grant token, and a refresh token the next one.</summary>
internal static class TokenApi
{
    private const int SecretLength = 512;
    private const int IdLength = 256;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/token", Exchange).LimitAddress(20).Measured(MeasuredOperation.TokenExchange);
        routes.MapPost("/v1/token/refresh", Refresh).LimitAddress(20).Measured(MeasuredOperation.TokenRefresh);
    }

    private static async Task<IResult> Exchange(GrantsCall call, ExchangeCode exchange, Db db, CancellationToken ct)
    {
        var input = new ExchangeCode.Input(call.Body.Text("code", SecretLength), call.Body.Text("agentId", IdLength), Pkce.Verifier(call.Body));
        var format = CredentialFormats.OfExchange(call.Body);
        if (call.Body.Problem is { } problem) return problem.Answer();

        var issued = await exchange.RunAsync(call.Caller, input, ct);
        if (issued.Succeeded) call.AgentId = issued.Value.Grant.Agent.ToString();
        else if (await NamedAsync(call, input.Agent, db, ct)) call.AgentId = input.Agent;
        return issued.Created(made => IssuedToken.Of(made, format), GrantsJson.Wire.IssuedToken);
    }

    /// <summary>Whether a refusal counts for the agent that was named (contract operations O42): it must be one of the caller's, or anybody could make labels.</summary>
    private static async Task<bool> NamedAsync(GrantsCall call, string agent, Db db, CancellationToken ct) =>
        Id<Agent>.TryParse(agent, out var id) && id.ToString() == agent && await AgentStore.FindAsync(db, call.Caller.Organization, id, ct) is not null;

    private static async Task<IResult> Refresh(GrantsCall call, RefreshGrant refresh, CancellationToken ct)
    {
        var refreshToken = call.Body.Text("refreshToken", SecretLength);
        var agentId = call.Body.Text("agentId", IdLength);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await refresh.RunAsync(call.Caller, refreshToken, agentId, ct)).Created(made => IssuedToken.Of(made), GrantsJson.Wire.IssuedToken);
    }

    /// <summary>A grant token, and what the next one is had with.</summary>
    internal sealed record IssuedToken(
        string GrantToken, string ExpiresAt, IReadOnlyList<string> Scopes, string RefreshToken, string GrantId, string? AgentPassportId)
    {
        public static IssuedToken Of(IssuedGrant issued, string? format = null) => new(
            issued.Token.Jwt,
            issued.Grant.ExpiresAt.Iso(),
            issued.Grant.Scopes,
            issued.Token.RefreshToken,
            issued.Grant.Id.ToString(),
            format == CredentialFormats.Passport ? $"urn:grantex:passport:token-exchange:{issued.Grant.Id}" : null);
    }
}
