using Credence.Agents;
using Credence.Keys;
using Credence.Revocations;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Tokens;

/// <summary>Checks an access token of the agents door with nothing but memory: keys, claims, clock, and the revocation index (design D6).</summary>
public sealed class CheckAccessToken(
    KeyRing keys, ReloadKeys reload, VerifiedTokens<AccessClaims> verified, RevocationIndex revocations, TokenOptions options, TimeProvider clock,
    ILogger<CheckAccessToken> log)
{
    /// <returns>What the token says; why it does not count; or that this node has not heard of revocations for too long to say.</returns>
    public async ValueTask<Result<AccessClaims>> RunAsync(string token, CancellationToken ct)
    {
        if (!revocations.IsFresh) return TokenFailures.Unsure;
        var version = keys.Version;
        if (verified.Find(token, version) is not { } claims)
        {
            var signature = await Jws.VerifyAsync(keys, reload, token, TokenKinds.Access, ct);
            if (!signature.Succeeded) return Refuse(AccessTokenFailures.SignatureInvalid, Words.Of(signature.Refusal), null);
            if (AccessClaims.Read(signature.Payload) is not { } read) return Refuse(AccessTokenFailures.SignatureInvalid, "invalid_claims", null);
            if (read.Issuer != options.Issuer || read.Audience != options.AgentsAudience) return Refuse(AccessTokenFailures.SignatureInvalid, "wrong_issuer", null);
            verified.Keep(token, claims = read, version);
        }

        var now = clock.Now();
        if (claims.ExpiresAt <= now) return Refuse(AccessTokenFailures.Expired, "expired", claims);
        return IsRevoked(claims, now) ? Refuse(AccessTokenFailures.Revoked, "revoked", claims) : claims;
    }

    private bool IsRevoked(AccessClaims claims, DateTimeOffset now)
    {
        var issued = claims.Token.BornAt; // to the millisecond, where the claim has whole seconds
        return revocations.IsRevoked(RevocationKind.AccessToken, claims.Token.Value, issued, now)
            || revocations.IsRevoked(RevocationKind.Agent, claims.Agent.Value, issued, now)
            || revocations.IsRevoked(RevocationKind.Membership, claims.Membership.Value, issued, now)
            || revocations.IsRevoked(RevocationKind.Organization, claims.Organization.Value, issued, now)
            || (claims.Credential is { } credential && revocations.IsRevoked(RevocationKind.Credential, credential.Value, issued, now))
            || (claims.Descent is { } descent && IsCutOff(claims, descent, issued, now));
    }

    /// <summary>Whether anything that an exchanged token came of is over, or any agent it came through.</summary>
    private bool IsCutOff(AccessClaims claims, TokenDescent descent, DateTimeOffset issued, DateTimeOffset now) =>
        descent.Sources.Any(source => revocations.IsRevoked(source.Kind, source.Id, issued, now))
        || descent.Parties.Any(party =>
            revocations.IsRevoked(RevocationKind.Agent, party.Value, issued, now)
            || revocations.IsRevoked(RevocationKind.Membership, Membership.IdOf(claims.Organization, party).Value, issued, now));

    private Failure Refuse(Failure failure, string detail, AccessClaims? claims)
    {
        Telemetry.Log.TokenVerificationFailed(log, detail, claims?.Token.Value.ToString());
        return failure;
    }
}
