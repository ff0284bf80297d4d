using Credence.Keys;
using Credence.Revocations;
using Credence.Storage;
using Credence.Tokens;
using Microsoft.Extensions.Logging;

namespace Credence.Principals;

/// <summary>Checks a session token with nothing but memory: keys, claims, clock, and the revocation index (design D6).</summary>
public sealed class CheckSession(
    KeyRing keys, ReloadKeys reload, RevocationIndex revocations, TokenOptions options, TimeProvider clock, ILogger<CheckSession> log)
{
    /// <returns>The session; that the token is none, or is over; or that this node has not heard of revocations for too long to say.</returns>
    public async ValueTask<Result<PrincipalSession>> RunAsync(string token, CancellationToken ct)
    {
        if (!revocations.IsFresh) return TokenFailures.Unsure;
        var signature = await Jws.VerifyAsync(keys, reload, token, TokenKinds.PrincipalSession, ct);
        if (!signature.Succeeded) return Refuse(PrincipalFailures.SessionInvalid, Words.Of(signature.Refusal), null);
        if (SessionClaims.Read(signature.Payload, options.Issuer) is not { } session) return Refuse(PrincipalFailures.SessionInvalid, "invalid_claims", null);

        var now = clock.Now();
        if (session.ExpiresAt <= now) return Refuse(PrincipalFailures.SessionOver, "expired", session);
        return revocations.IsRevoked(RevocationKind.PrincipalSession, session.Id.Value, session.CreatedAt, now)
            ? Refuse(PrincipalFailures.SessionOver, "revoked", session)
            : session;
    }

    private Failure Refuse(Failure failure, string detail, PrincipalSession? session)
    {
        Telemetry.Log.TokenVerificationFailed(log, detail, session?.Id.ToString());
        return failure;
    }
}
