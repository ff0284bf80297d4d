using Credence.Audit;
using Credence.Keys;
using Credence.People;
using Credence.Storage;
using Credence.Tokens;

namespace Credence.SignIn;

/// <summary>What signing in leads to: a session, or the question for a second factor.</summary>
public abstract record SignInStep;

/// <summary>What somebody gets who signed in, or refreshed.</summary>
/// <param name="Claims">What the token says.</param>
/// <param name="Jwt">The token.</param>
/// <param name="RefreshToken">What the next one is had with, once.</param>
/// <param name="RefreshExpiresAt">Until when.</param>
public sealed record SignedIn(PersonClaims Claims, string Jwt, string RefreshToken, DateTimeOffset RefreshExpiresAt) : SignInStep
{
    /// <inheritdoc/>
    public override string ToString() => $"{Claims.Session} [secret]";
}

/// <summary>
/// The end of every way to sign in: a session with its first tokens. They are signed before the transaction that records them (design D16):
/// <see cref="PrepareAsync"/>, then <see cref="RecordAsync"/> in it.
/// </summary>
public sealed class BeginSession(SessionClaims describe, KeyRing keys, TokenOptions options)
{
    /// <summary>Signs the tokens of a session; nothing is recorded yet.</summary>
    public async Task<SignedIn> PrepareAsync(PersonSession session, DateTimeOffset now, CancellationToken ct)
    {
        var claims = await describe.OfAsync(session, options.PeopleAudience, now, ct);
        var kind = TokenKinds.Person;
        var jwt = Jws.Sign(keys.Current(keys.For(kind.Algorithm)), kind.Typ, claims.ToJson().Span);
        var idle = now + PersonSession.LongestIdle;
        return new SignedIn(claims, jwt, Secret.New(PersonRefreshTokens.Prefix), idle < session.ExpiresAt ? idle : session.ExpiresAt);
    }

    /// <summary>Records that somebody signs in, unless they were stopped meanwhile.</summary>
    /// <param name="tx">The caller's transaction.</param>
    /// <param name="session">The session.</param>
    /// <param name="signed">What <see cref="PrepareAsync"/> made for it.</param>
    /// <param name="how">With what: <c>password</c>.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False when they may not sign in.</returns>
    public static async Task<bool> RecordAsync(DbTx tx, PersonSession session, SignedIn signed, string how, DateTimeOffset now, CancellationToken ct)
    {
        if (!await PersonStore.SignInAsync(tx, session.Person, now, ct)) return false;
        await PersonSessionStore.AddAsync(tx, session, ct);
        await PersonRefreshTokens.AddAsync(tx, Secret.Hash(signed.RefreshToken), session.Id, signed.RefreshExpiresAt, ct);
        await AuditLog.AppendAsync(
            tx, PeopleAudit.Event("person.signed_in", session.Person.ToString(), session.Id.ToString(), session.Origin, new(StringComparer.Ordinal) { ["how"] = how }), now, ct);
        return true;
    }
}
