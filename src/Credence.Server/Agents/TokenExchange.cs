using Credence.Credentials;
using Credence.Delegations;

namespace Credence.Server.Agents;

/// <summary>The parameters of a token exchange at <c>POST /api/v1/token</c> (RFC 8693 2.1), and its answer.</summary>
internal sealed class TokenExchange(ExchangeToken exchange, TierGate tiers)
{
    /// <summary>The <c>grant_type</c>.</summary>
    public const string GrantType = "urn:ietf:params:oauth:grant-type:token-exchange";

    private const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";
    private const string Jwt = "urn:ietf:params:oauth:token-type:jwt";

    /// <summary>Exchanges what the form shows for a token of the client's, counted as every other is.</summary>
    public async Task<IResult> RunAsync(AgentsCall call, AgentClient client, OAuthForm form, CancellationToken ct)
    {
        var wanted = form["requested_token_type"] ?? AccessToken;
        if (Problem(form, wanted) is { } problem) return OAuthErrors.InvalidRequest(problem);
        var input = new ExchangeToken.Input(
            form["subject_token"]!,
            IsDelegation: form["subject_token_type"] == Jwt,
            form["actor_token"],
            form["scope"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            [.. new[] { form["resource"], form["audience"] }.OfType<string>()]);
        var (issued, limited) = await tiers.IssueAsync(client, () => exchange.RunAsync(client, input, ct), ct);
        if (limited is not null) return limited;
        return issued.Succeeded ? TokenApi.Answer(call, issued.Value, idToken: null, wanted) : issued.Failure.OAuthAnswer();
    }

    private static string? Problem(OAuthForm form, string wanted)
    {
        if (form["subject_token"] is null) return "subject_token is required";
        if (form["subject_token_type"] is not (AccessToken or Jwt)) return "subject_token_type must be that of an access token or, for a delegation token, of a JWT";
        if (form["actor_token"] is null != form["actor_token_type"] is null) return "actor_token and actor_token_type belong together";
        if (form["actor_token_type"] is not (null or AccessToken)) return "actor_token_type must be that of an access token";
        return wanted is AccessToken or Jwt ? null : "requested_token_type must be that of an access token, or of a JWT";
    }
}
