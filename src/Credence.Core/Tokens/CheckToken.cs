using Credence.Keys;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Tokens;

/// <summary>What a check found.</summary>
/// <param name="Claims">What the token says; null when its signature, issuer or form is wrong.</param>
/// <param name="Reason">Why it does not count, or null when it does (contract grantex 5.3).</param>
public sealed record TokenCheck(GrantClaims? Claims, TokenRefusal? Reason);

/// <summary>Why a token does not count.</summary>
public enum TokenRefusal
{
    /// <summary>Signature, algorithm, issuer or form.</summary>
    Invalid,

    /// <summary>A required claim is missing or of another type.</summary>
    InvalidClaims,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It is another organization's.</summary>
    WrongDeveloper,

    /// <summary>It, its grant, one above, or its agent was revoked or stopped.</summary>
    Revoked,
}

/// <summary>
/// Checks a grant token with nothing but memory: keys, claims, clock, and the revocation index (design D6). The reason goes to the log; what an
/// outsider may learn of it is the door's to say.
/// </summary>
public sealed class CheckToken(
    KeyRing keys, ReloadKeys reload, VerifiedTokens<GrantClaims> verified, RevocationIndex revocations, TokenOptions options, TimeProvider clock, ILogger<CheckToken> log)
{
    /// <returns>What was found; or that this node has not heard of revocations for too long to say.</returns>
    public ValueTask<Result<TokenCheck>> RunAsync(ApiCaller caller, string token, CancellationToken ct) => RunAsync(caller.Organization, token, ct);

    /// <summary>The same, whichever organization's it is: whoever asks must look at that.</summary>
    public ValueTask<Result<TokenCheck>> RunAsync(string token, CancellationToken ct) => RunAsync(only: null, token, ct);

    private async ValueTask<Result<TokenCheck>> RunAsync(Id<Organization>? only, string token, CancellationToken ct)
    {
        if (!revocations.IsFresh) return TokenFailures.Unsure;
        var version = keys.Version;
        if (verified.Find(token, version) is not { } claims)
        {
            var signature = await Jws.VerifyAsync(keys, reload, token, TokenKinds.Grant, ct);
            if (!signature.Succeeded) return Refuse(null, TokenRefusal.Invalid, Words.Of(signature.Refusal));
            if (GrantClaims.Read(signature.Payload) is not { } read) return Refuse(null, TokenRefusal.InvalidClaims, "invalid_claims");
            if (read.Issuer != options.Issuer) return Refuse(null, TokenRefusal.Invalid, "wrong_issuer");
            verified.Keep(token, claims = read, version);
        }

        var now = clock.Now();
        if (claims.ExpiresAt <= now) return Refuse(claims, TokenRefusal.Expired, "expired");
        if (only is { } organization && claims.Organization != organization) return Refuse(claims, TokenRefusal.WrongDeveloper, "wrong_developer");
        if (IsRevoked(claims, now)) return Refuse(claims, TokenRefusal.Revoked, "revoked");
        return new TokenCheck(claims, null);
    }

    private bool IsRevoked(GrantClaims claims, DateTimeOffset now) =>
        revocations.IsRevoked(RevocationKind.Token, claims.Token.Value, claims.IssuedAt, now)
        || revocations.IsRevoked(RevocationKind.Grant, claims.Grant.Value, claims.IssuedAt, now)
        || revocations.IsRevoked(RevocationKind.Agent, claims.Agent.Value, claims.IssuedAt, now);

    private TokenCheck Refuse(GrantClaims? claims, TokenRefusal reason, string detail)
    {
        Telemetry.Log.TokenVerificationFailed(log, detail, claims?.Token.ToString());
        return new TokenCheck(claims, reason);
    }
}
