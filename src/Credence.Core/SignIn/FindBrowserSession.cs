using Credence.Audit;
using Credence.People;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>Somebody who is signed in with a browser.</summary>
/// <param name="Person">Who.</param>
/// <param name="Session">Where.</param>
/// <param name="Name">What they call themselves: their user name, or what else they sign in with.</param>
public sealed record BrowserSession(Person Person, PersonSession Session, string Name)
{
    /// <inheritdoc cref="PersonSession.IsFresh"/>
    public bool IsFresh(DateTimeOffset now) => Session.IsFresh(now);

    /// <summary>They, as who calls from <paramref name="origin"/>.</summary>
    public PersonCaller Caller(AuditOrigin origin) => new(Person.Id, Session.Id, origin);
}

/// <summary>
/// Finds who is signed in with a browser. Its secret is the session's refresh token, in a cookie that no script and no other site can read, and pages do not
/// rotate it: what ends the session ends it (docs/decisions/0041).
/// </summary>
public sealed class FindBrowserSession(Db db, TimeProvider clock)
{
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);

    /// <returns>Who it is; null when the secret is none, or their session is over.</returns>
    public async Task<BrowserSession?> RunAsync(string secret, CancellationToken ct)
    {
        var now = clock.Now();
        if (await PersonRefreshTokens.FindAsync(db, Secret.Hash(secret), ct) is not { IsSpent: false } token || token.ExpiresAt <= now) return null;
        if (await PersonSessionStore.FindAsync(db, token.Session, ct) is not { } session || !session.IsLive(now)) return null;
        if (await PersonStore.FindAsync(db, session.Person, ct) is not { Status: PersonStatus.Activated } person) return null;
        if (now >= session.LastSeenAt + SeenEvery) await SeeAsync(session, now, ct);
        return new BrowserSession(person, session, PersonIdentifier.NameOf(await PersonStore.IdentifiersAsync(db, person.Id, ct)));
    }

    /// <summary>The list of sessions says when each was last here.</summary>
    private async Task SeeAsync(PersonSession session, DateTimeOffset now, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        if (await PersonSessionStore.SeeAsync(tx, session.Id, now, ct)) await tx.CommitAsync();
    }
}
