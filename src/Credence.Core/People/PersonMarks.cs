using Credence.Revocations;
using Credence.Storage;

namespace Credence.People;

/// <summary>What ends the tokens of people before their time, on every node (design D6).</summary>
public static class PersonMarks
{
    /// <summary>A session's tokens count no more.</summary>
    public static Revocation Of(Id<PersonSession> session, DateTimeOffset now) => Revocation.Of(RevocationKind.PersonSession, session.ToString(), now + PersonToken.LongestLife);

    /// <summary>No session that began until now goes on, whosever it is, and no token counts. It is kept for as long as a session could have lasted.</summary>
    public static Revocation Everyone(DateTimeOffset now) =>
        new(RevocationKind.Everyone, "everyone_" + Ulid.Format(Guid.Empty), now, now + PersonSession.Longest, Lifted: false, 0);

    /// <summary>Whether such a mark ended what began at <paramref name="begun"/>.</summary>
    public static bool EndedForEveryone(this RevocationIndex revocations, DateTimeOffset begun, DateTimeOffset now) =>
        revocations.IsRevoked(RevocationKind.Everyone, Guid.Empty, begun, now);

    /// <summary>Nothing that a person got at the forward-auth door until now counts any more: its tokens are of no session.</summary>
    public static Revocation WithoutSession(Person person, DateTimeOffset now) => Marked(person.Uuid, now);

    /// <summary>Nothing that a person got until now counts any more: at this door by their id, at the forward-auth door by their UUID.</summary>
    public static IEnumerable<Revocation> Of(Person person, DateTimeOffset now) =>
        new[] { person.Id.Bits, person.Uuid }.Select(bits => Marked(bits, now));

    /// <summary>Ends every session of a person, and whatever else they got: nothing of it counts on any node once the marks are stored and announced.</summary>
    /// <param name="tx">A transaction that holds their row, so that who is signing in just now does so before, or after it.</param>
    /// <param name="person">Who.</param>
    /// <param name="clock">Asked once more: what was given out while the row was waited for is meant too.</param>
    /// <param name="now">When it was asked for.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<(int Sessions, Revocation[] Marks)> EndAllAsync(DbTx tx, Person person, TimeProvider clock, DateTimeOffset now, CancellationToken ct)
    {
        var ended = await PersonSessionStore.EndAllAsync(tx, person.Id, except: null, now, ct);
        return (ended.Count, [.. ended.Select(session => Of(session.Id, now)), .. Of(person, clock.Now())]);
    }

    private static Revocation Marked(Guid bits, DateTimeOffset now) =>
        new(RevocationKind.Person, "person_" + Ulid.Format(bits), now, now + PersonToken.LongestLife, Lifted: false, 0);
}
