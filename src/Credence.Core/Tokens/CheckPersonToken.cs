using Credence.Keys;
using Credence.People;
using Credence.Revocations;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Tokens;

/// <summary>Checks a person's token, or the one that their browser shows to proxies, with nothing but memory: keys, claims, clock, and the revocation index (design D6).</summary>
public sealed class CheckPersonToken(
    KeyRing keys, ReloadKeys reload, VerifiedTokens<PersonClaims> verified, RevocationIndex revocations, TokenOptions options, TimeProvider clock,
    ILogger<CheckPersonToken> log)
{
    /// <summary>It does not count; why is in the log.</summary>
    public static readonly Failure Invalid = new(FailureKind.Unauthorized, "auth.invalid_token", "The token is invalid or has expired");

    /// <returns>What the token says; that it does not count; or that this node has not heard of revocations for too long to say.</returns>
    public ValueTask<Result<PersonClaims>> RunAsync(string token, CancellationToken ct) => RunAsync(token, TokenKinds.Person, options.PeopleAudience, ct);

    /// <summary>The same for what a browser shows to proxies (<see cref="TokenKinds.Visit"/>).</summary>
    public ValueTask<Result<PersonClaims>> VisitAsync(string token, CancellationToken ct) => RunAsync(token, TokenKinds.Visit, options.GatewayAudience, ct);

    private async ValueTask<Result<PersonClaims>> RunAsync(string token, TokenKind kind, string audience, CancellationToken ct)
    {
        if (!revocations.IsFresh) return TokenFailures.Unsure;
        var version = keys.Version;
        if (verified.Find(token, version) is not { } claims)
        {
            var signature = await Jws.VerifyAsync(keys, reload, token, kind, ct);
            if (!signature.Succeeded) return Refuse(Words.Of(signature.Refusal), null);
            if (PersonClaims.Read(signature.Payload) is not { } read) return Refuse("invalid_claims", null);
            if (read.Issuer != options.Issuer || read.Audience != audience) return Refuse("wrong_issuer", null);
            verified.Keep(token, claims = read, version);
        }

        if (claims.Audience != audience) return Refuse("wrong_audience", null); // it was kept as one of the other kind
        var now = clock.Now();
        if (claims.ExpiresAt <= now) return Refuse("expired", claims);
        return IsRevoked(claims, now) ? Refuse("revoked", claims) : claims;
    }

    private bool IsRevoked(PersonClaims claims, DateTimeOffset now)
    {
        var issued = claims.Token.BornAt; // to the millisecond, where the claim has whole seconds
        return revocations.IsRevoked(RevocationKind.PersonSession, claims.Session.Value, issued, now)
            || revocations.IsRevoked(RevocationKind.Person, claims.Person.Bits, issued, now)
            || revocations.EndedForEveryone(issued, now);
    }

    private Failure Refuse(string detail, PersonClaims? claims)
    {
        Telemetry.Log.TokenVerificationFailed(log, detail, claims?.Token.Value.ToString());
        return Invalid;
    }
}
