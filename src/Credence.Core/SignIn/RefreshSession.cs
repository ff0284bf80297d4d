using Credence.Audit;
using Credence.People;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>
/// A session goes on: one refresh token for the next (contract identity ID-12; RFC 9700 4.14.2). Who shows a spent one may have stolen it, or been stolen from;
/// that cannot be told apart, so the session ends.
/// </summary>
public sealed class RefreshSession(Db db, BeginSession begin, RevocationIndex revocations, TimeProvider clock)
{
    /// <param name="refreshToken">The token.</param>
    /// <param name="origin">Whence, for the log.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The session's next tokens; or that this one is not good, or was used.</returns>
    public async Task<Result<SignedIn>> RunAsync(string refreshToken, AuditOrigin origin, CancellationToken ct)
    {
        var now = clock.Now();
        var hash = Secret.Hash(refreshToken);
        if (await PersonRefreshTokens.FindAsync(db, hash, ct) is not { } found) return SignInFailures.RefreshInvalid;
        if (await PersonSessionStore.FindAsync(db, found.Session, ct) is not { } session) return SignInFailures.RefreshInvalid;
        if (found.IsSpent) return await EndAsync(session, origin, now, ct);
        if (found.ExpiresAt <= now || revocations.EndedForEveryone(session.CreatedAt, now)) return SignInFailures.RefreshInvalid;

        // Whether the session goes on is asked behind the spending: of many at once the last must see that the token is spent, not that its session is over for it.
        var signed = await begin.PrepareAsync(session, now, ct);
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await PersonRefreshTokens.SpendAsync(tx, hash, now, ct))
            {
                if (!await PersonSessionStore.SeeAsync(tx, session.Id, now, ct)) return SignInFailures.RefreshInvalid;
                if (await PersonStore.FindAsync(tx, session.Person, ct) is not { Status: PersonStatus.Activated }) return SignInFailures.RefreshInvalid;
                await PersonRefreshTokens.AddAsync(tx, Secret.Hash(signed.RefreshToken), session.Id, signed.RefreshExpiresAt, ct);
                await AuditLog.AppendAsync(tx, PeopleAudit.Event("person_session.refreshed", session.Person.ToString(), session.Id.ToString(), origin), now, ct);
                await tx.CommitAsync();
                return signed;
            }
        }

        return await EndAsync(session, origin, now, ct);
    }

    private async Task<Failure> EndAsync(PersonSession session, AuditOrigin origin, DateTimeOffset now, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonSessionStore.EndAsync(tx, session.Person, session.Id, now, ct)) return SignInFailures.RefreshReused; // it is over already
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("person_session.reuse_detected", "system", session.Id.ToString(), origin), now, ct);
        Revocation[] marks = [PersonMarks.Of(session.Id, now)];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return SignInFailures.RefreshReused;
    }
}
