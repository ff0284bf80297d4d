using Credence.Keys;
using Credence.People;
using Credence.Revocations;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Tokens;

/// <summary>
/// Checks a token of the forward-auth door (contract forward-auth FA-3) with nothing but memory: keys, claims, clock, and the revocation index. An unknown key is
/// not looked for elsewhere: a new one is published long before it signs.
/// </summary>
public sealed class CheckForwardToken(
    KeyRing keys, VerifiedTokens<ForwardClaims> verified, RevocationIndex revocations, TokenOptions options, TimeProvider clock, ILogger<CheckForwardToken> log)
{
    /// <summary>It does not count; why is in the log.</summary>
    public static readonly Failure Invalid = new(FailureKind.Unauthorized, "invalid", "invalid token");

    /// <summary>It counted once; callers hear no other words than of the former.</summary>
    public static readonly Failure Expired = Invalid with { Code = "expired" };

    /// <summary>How long this node may not have heard of revocations and still vouch at <c>/verify</c> (design D6).</summary>
    public static readonly TimeSpan MostStale = TimeSpan.FromMinutes(5);

    /// <param name="token">The token.</param>
    /// <param name="stale">How long this node may not have heard of revocations.</param>
    /// <returns>What the token says; that it does not count; or that this node cannot say.</returns>
    public Result<ForwardClaims> Run(string token, TimeSpan stale)
    {
        if (!revocations.IsFreshWithin(stale)) return TokenFailures.Unsure;
        var version = keys.Version;
        if (verified.Find(token, version) is not { } claims)
        {
            var signature = Jws.Verify(keys, token, TokenKinds.Forward.Algorithm, TokenKinds.Forward.Typ);
            if (!signature.Succeeded) return Refuse(Invalid, Words.Of(signature.Refusal), null);
            if (ForwardClaims.Read(signature.Payload) is not { FitsHeaders: true } read) return Refuse(Invalid, "invalid_claims", null);
            if (read.Issuer != options.ForwardIssuer) return Refuse(Invalid, "wrong_issuer", null);
            if (read.IsLegacy != options.IsLegacy) return Refuse(Invalid, "legacy", null);
            verified.Keep(token, claims = read, version);
        }

        var now = clock.Now();
        if (claims.ExpiresAt + options.ForwardClockSkew <= now) return Refuse(Expired, "expired", claims);
        return IsRevoked(claims, now) ? Refuse(Invalid, "revoked", claims) : claims;
    }

    private bool IsRevoked(ForwardClaims claims, DateTimeOffset now) =>
        revocations.EndedForEveryone(claims.BornAt, now)
        || (claims.Token is { } token && revocations.IsRevoked(RevocationKind.ForwardToken, token.Value, claims.BornAt, now))
        || (Guid.TryParse(claims.Subject, out var person) && revocations.IsRevoked(RevocationKind.Person, person, claims.BornAt, now));

    private Failure Refuse(Failure failure, string detail, ForwardClaims? claims)
    {
        Telemetry.Log.TokenVerificationFailed(log, detail, claims?.Token?.Value.ToString());
        return failure;
    }
}
