using System.Text.Json.Serialization;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Sso;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/sso/config</c> and <c>/sso/callback</c>: the older way to name one OpenID Connect provider (contract grantex-enterprise 4.3).</summary>
internal static class SsoConfigApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/sso/config", Save);
        routes.MapMethods("/v1/sso/config", RouteFacts.Read, Get);
        routes.MapDelete("/v1/sso/config", Delete);
        routes.MapMethods("/sso/callback", RouteFacts.Read, Return).NeedsNoKey();
    }

    private static async Task<IResult> Save(GrantsCall call, ChangeConfig change, CancellationToken ct)
    {
        var body = call.Body;
        var issuer = body.Text("issuerUrl", WebAddress.Length);
        var (client, secret) = (body.Text("clientId", WebAddress.Length), body.Text("clientSecret", WebAddress.Length));
        if (!body.Has("redirectUri")) body.Refuse("redirectUri", "is required");
        var redirect = body.WebAddressOrNull("redirectUri");
        if (body.Problem is { } problem) return problem.Answer();
        return (await change.SaveAsync(call.Caller, new ChangeConfig.Input(issuer, client, secret, redirect!), ct)).Created(SsoConfigShape.Of, GrantsJson.Wire.SsoConfigShape);
    }

    private static async Task<IResult> Get(GrantsCall call, Db db, CancellationToken ct) =>
        await SsoConfigStore.FindAsync(db, call.Caller.Organization, ct) is { } found
            ? Answers.Ok(SsoConfigShape.Of(found), GrantsJson.Wire.SsoConfigShape)
            : SsoFailures.ConfigNotFound.Answer();

    private static async Task<IResult> Delete(GrantsCall call, ChangeConfig change, CancellationToken ct) => (await change.DeleteAsync(call.Caller, ct)).Done();

    private static async Task<IResult> Return(GrantsCall call, FinishConfigLogin finish, CancellationToken ct)
    {
        var (code, state) = (call.Query.TextOrNull("code", SsoLoginApi.LongestCode), call.Query.TextOrNull("state", StateSeal.Longest));
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (string.IsNullOrEmpty(code) || string.IsNullOrEmpty(state)) return Failure.Invalid("code and state are required").Answer();
        return (await finish.RunAsync(code, state, ct)).Ok(SsoPersonShape.Of, GrantsJson.Wire.SsoPersonShape);
    }

    /// <summary>The configuration, without its secret.</summary>
    internal sealed record SsoConfigShape(string IssuerUrl, string ClientId, string RedirectUri, string CreatedAt, string UpdatedAt)
    {
        public static SsoConfigShape Of(SsoConfig config) => new(config.IssuerUrl, config.ClientId, config.RedirectUri, config.CreatedAt.Iso(), config.UpdatedAt.Iso());
    }

    /// <summary>Who came back.</summary>
    internal sealed record SsoPersonShape(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Email,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Name,
        string Sub,
        string DeveloperId)
    {
        public static SsoPersonShape Of(FinishConfigLogin.Output found) => new(found.Who.Email, found.Who.Name, found.Who.Subject, found.Organization.ToString());
    }
}
