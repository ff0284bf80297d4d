using Credence.People;
using Credence.Revocations;
using Credence.Server.Doors;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.People;

/// <summary><c>/auth/sessions</c> and <c>/auth/sign-out</c>: where a person is signed in, and how that ends (contract identity ID-13, ID-16 to ID-18).</summary>
internal static class SessionsApi
{
    private const string Path = PeopleDoor.Base + "/auth/sessions";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(PeopleDoor.Base + "/auth/sign-out", SignOutHere);
        routes.MapMethods(Path, RouteFacts.Read, List);
        routes.MapDelete(Path, EndAll);
        routes.MapDelete(Path + "/{id}", End);
    }

    private static async Task<IResult> SignOutHere(PeopleCall call, SignOut signOut, CancellationToken ct) =>
        (await signOut.RunAsync(call.Caller, call.Claims.Session, ct)).Done();

    private static async Task<IResult> List(PeopleCall call, Db db, RevocationIndex revocations, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.Now();
        var sessions = await PersonSessionStore.LiveAsync(db, call.Claims.Person, now, ct);
        sessions.RemoveAll(session => revocations.EndedForEveryone(session.CreatedAt, now));
        return PeopleAnswers.Ok<IReadOnlyList<SessionShape>>(sessions.ConvertAll(session => SessionShape.Of(session, call.Claims.Session)), PeopleJson.Wire.IReadOnlyListSessionShape);
    }

    private static async Task<IResult> End(string id, PeopleCall call, SignOut signOut, CancellationToken ct) =>
        (await signOut.RunAsync(call.Caller, Ids.Read<PersonSession>(id), ct)).Done();

    private static async Task<IResult> EndAll(PeopleCall call, SignOut signOut, CancellationToken ct)
    {
        await signOut.AllAsync(call.Caller, ct);
        return TypedResults.NoContent();
    }

    /// <summary>A session.</summary>
    internal sealed record SessionShape(string Id, string CreatedAt, string LastSeenAt, string? UserAgent, string? Ip, bool Current)
    {
        public static SessionShape Of(PersonSession session, Id<PersonSession> current) => new(
            session.Id.ToString(), session.CreatedAt.Iso(), session.LastSeenAt.Iso(), session.Origin.UserAgent, session.Origin.Address, session.Id == current);
    }
}
