using System.Text.Json.Serialization;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Sso;

namespace Credence.Server.Grants;

/// <summary><c>/sso/login</c>, <c>/sso/callback/…</c>: somebody signs on with their company (contract grantex-enterprise 4.2). An application calls them for them.</summary>
internal static class SsoLoginApi
{
    /// <summary>The longest code.</summary>
    public const int LongestCode = 8_192;

    private const int CallbacksPerMinute = 20; // contract grantex 3.1
    private const int LdapCallbacksPerMinute = 10;
    private const int LongestSaml = 1_048_576; // contract grantex-enterprise 4.2

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/sso/login", RouteFacts.Read, Begin).NeedsNoKey();
        routes.MapPost("/sso/callback/oidc", Finish).NeedsNoKey().LimitAddress(CallbacksPerMinute);
        routes.MapPost("/sso/callback/saml", FinishSaml).NeedsNoKey().LimitAddress(CallbacksPerMinute);
        routes.MapPost("/sso/callback/ldap", FinishLdap).NeedsNoKey().LimitAddress(LdapCallbacksPerMinute);
    }

    private static async Task<IResult> Begin(GrantsCall call, BeginLogin begin, CancellationToken ct)
    {
        var organization = call.Query.TextOrNull("org", 64);
        var (domain, redirect) = (call.Query.TextOrNull("domain", 253), call.Query.TextOrNull("redirect_uri", WebAddress.Length));
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (string.IsNullOrEmpty(organization)) return Failure.Invalid("org is required").Answer();
        if (redirect is { Length: > 0 } && !WebAddress.IsSound(redirect)) return Failure.Invalid("redirect_uri must be an absolute http or https address with a host and without user info").Answer();
        return (await begin.RunAsync(Ids.Read<Organization>(organization), Given(domain), Given(redirect), ct)).Ok(LoginShape.Of, GrantsJson.Wire.LoginShape);
    }

    private static async Task<IResult> Finish(GrantsCall call, FinishLogin finish, GrantsOptions options, CancellationToken ct)
    {
        var body = call.Body;
        var input = new FinishLogin.Input(
            body.Text("code", LongestCode), body.Text("state", StateSeal.Longest), Given(body.TextOrNull("redirect_uri", WebAddress.Length, min: 0)),
            body.TextOrNull("iss", WebAddress.Length));
        if (body.Problem is { } problem) return problem.Answer();
        return (await finish.RunAsync(input, ct)).Ok(output => SignOnShape.Of(output, options), GrantsJson.Wire.SignOnShape);
    }

    private static async Task<IResult> FinishSaml(GrantsCall call, RefuseLogin refuse, CancellationToken ct)
    {
        call.Body.Text("SAMLResponse", LongestSaml);
        var state = call.Body.Text("RelayState", StateSeal.Longest);
        return (call.Body.Problem ?? await refuse.SamlAsync(state, ct)).Answer();
    }

    private static async Task<IResult> FinishLdap(GrantsCall call, RefuseLogin refuse, CancellationToken ct)
    {
        call.Body.Text("username", 1_024);
        call.Body.Text("password", 1_024);
        var (connection, organization) = (call.Body.Text("connectionId", 64), call.Body.Text("org", 64));
        return (call.Body.Problem ?? await refuse.LdapAsync(Ids.Read<Organization>(organization), Ids.Read<Connection>(connection), ct)).Answer();
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Where the browser goes.</summary>
    internal sealed record LoginShape(string AuthorizeUrl, string Protocol, string ConnectionId)
    {
        public static LoginShape Of(BeginLogin.Output begun) => new(begun.AuthorizeUrl, Storage.Words.Of(begun.Connection.Protocol), begun.Connection.Id.ToString());
    }

    /// <summary>Who signed on. <c>principalSession</c> is ours: what the person sees and ends their grants with, and proves their consent with (decision 0027).</summary>
    internal sealed record SignOnShape(
        string SessionId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Email,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Name,
        string Sub,
        IReadOnlyList<string> Groups,
        IReadOnlyList<string> MappedScopes,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PrincipalId,
        string DeveloperId,
        string ExpiresAt,
        PrincipalSessionsApi.SessionShape? PrincipalSession)
    {
        public static SignOnShape Of(FinishLogin.Output output, GrantsOptions options)
        {
            var session = output.Session;
            return new SignOnShape(
                session.Id.ToString(), session.Who.Email, session.Who.Name, session.Who.Subject, session.Who.Groups, session.MappedScopes ?? [], session.Principal,
                session.Organization.ToString(), session.ExpiresAt.Iso(), output.Opened is { } opened ? PrincipalSessionsApi.SessionShape.Of(opened, options) : null);
        }
    }
}
