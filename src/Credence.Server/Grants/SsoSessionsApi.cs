using System.Text.Json.Serialization;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Sso;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/sso/sessions</c>: who has signed on, and how they are signed off (contract grantex-enterprise 4.1).</summary>
internal static class SsoSessionsApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/sso/sessions", RouteFacts.Read, List);
        routes.MapDelete("/v1/sso/sessions/{id}", End);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, TimeProvider clock, CancellationToken ct)
    {
        var live = await SsoSessionStore.ListAsync(db, call.Caller.Organization, clock.Now(), ct);
        return Answers.Ok(new SignOnList(live.ConvertAll(SignOnRecord.Of)), GrantsJson.Wire.SignOnList);
    }

    private static async Task<IResult> End(string id, GrantsCall call, EndSignOn end, CancellationToken ct) =>
        (await end.RunAsync(call.Caller, Ids.Read<SsoSession>(id), ct)).Done();

    /// <summary>Sign-ons, newest first.</summary>
    internal sealed record SignOnList(List<SignOnRecord> Sessions);

    /// <summary>A sign-on.</summary>
    internal sealed record SignOnRecord(
        string Id,
        string ConnectionId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PrincipalId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Email,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Name,
        string IdpSubject,
        IReadOnlyList<string> Groups,
        IReadOnlyList<string> MappedScopes,
        string ExpiresAt,
        string CreatedAt)
    {
        public static SignOnRecord Of(SsoSession session) => new(
            session.Id.ToString(), session.Connection.ToString(), session.Principal, session.Who.Email, session.Who.Name, session.Who.Subject,
            session.Who.Groups, session.MappedScopes ?? [], session.ExpiresAt.Iso(), session.CreatedAt.Iso());
    }
}
