using Credence.Principals;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;

namespace Credence.Server.Grants;

/// <summary><c>/v1/principal-sessions</c>: an organization lets a person it knows see and end what they granted.</summary>
internal static class PrincipalSessionsApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/principal-sessions", Open).LimitAddress(10);
        routes.MapDelete("/v1/principal-sessions/{id}", End);
    }

    private static async Task<IResult> Open(GrantsCall call, OpenSession open, GrantsOptions options, CancellationToken ct)
    {
        var principal = call.Body.Text("principalId", 256);
        var life = call.Body.DurationOrNull("expiresIn");
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await open.RunAsync(call.Caller, principal, life, ct)).Created(opened => SessionShape.Of(opened, options), GrantsJson.Wire.SessionShape);
    }

    private static async Task<IResult> End(string id, GrantsCall call, EndSession end, CancellationToken ct) =>
        (await end.RunAsync(call.Caller, Ids.Read<PrincipalSession>(id), ct)).Done();

    /// <summary>A session. The link carries the token in its fragment, which no browser sends to a server and none logs.</summary>
    internal sealed record SessionShape(string SessionId, string SessionToken, string DashboardUrl, string ExpiresAt)
    {
        public static SessionShape Of(OpenedSession opened, GrantsOptions options) => new(
            opened.Session.Id.ToString(),
            opened.Token,
            $"{options.PublicBaseUrl}/permissions#session={Uri.EscapeDataString(opened.Token)}",
            opened.Session.ExpiresAt.Iso());
    }
}
