using Credence.Agents;
using Credence.Keys;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;
using Credence.Tokens;
using Microsoft.Extensions.Logging;

namespace Credence.Delegations;

/// <summary>What a check found.</summary>
/// <param name="Claims">What the token says; null when nothing of it may be believed.</param>
/// <param name="Reason">Why it does not count, or null when it does.</param>
public sealed record DelegationCheck(DelegationClaims? Claims, DelegationRefusal? Reason);

/// <summary>Why a delegation token does not count.</summary>
public enum DelegationRefusal
{
    /// <summary>Signature, form or issuer, or it is another organization's.</summary>
    InvalidToken,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It was taken back, or one it continues.</summary>
    Revoked,

    /// <summary>An agent of its chain is suspended, decommissioned, or no longer its organization's.</summary>
    PartyInactive,
}

/// <summary>Checks a delegation token with nothing but memory: keys, claims, clock and the revocation index (contract agent-idp AE-37, design D6).</summary>
public sealed class CheckDelegation(
    KeyRing keys, ReloadKeys reload, RevocationIndex revocations, TokenOptions options, TimeProvider clock, ILogger<CheckDelegation> log)
{
    /// <returns>What was found; or that this node has not heard of revocations for too long to say.</returns>
    public async ValueTask<Result<DelegationCheck>> RunAsync(Id<Organization> organization, string token, CancellationToken ct)
    {
        if (!revocations.IsFresh) return TokenFailures.Unsure;
        var signature = await Jws.VerifyAsync(keys, reload, token, TokenKinds.Delegation, ct);
        if (!signature.Succeeded) return Refuse(null, DelegationRefusal.InvalidToken, Words.Of(signature.Refusal));
        if (DelegationClaims.Read(signature.Payload) is not { } claims) return Refuse(null, DelegationRefusal.InvalidToken, "invalid_claims");
        if (claims.Issuer != options.Issuer) return Refuse(null, DelegationRefusal.InvalidToken, "wrong_issuer");
        if (claims.Organization != organization) return Refuse(null, DelegationRefusal.InvalidToken, "wrong_organization");

        var now = clock.Now();
        if (claims.ExpiresAt <= now) return Refuse(claims, DelegationRefusal.Expired, "expired");
        if (revocations.IsRevoked(RevocationKind.Delegation, claims.Id.Value, claims.IssuedAt, now)) return Refuse(claims, DelegationRefusal.Revoked, "revoked");
        return claims.Parties.Any(party => IsStopped(claims, party, now))
            ? Refuse(claims, DelegationRefusal.PartyInactive, "party_inactive")
            : new DelegationCheck(claims, null);
    }

    private bool IsStopped(DelegationClaims claims, Id<Agent> party, DateTimeOffset now) =>
        revocations.IsRevoked(RevocationKind.Agent, party.Value, claims.IssuedAt, now)
        || revocations.IsRevoked(RevocationKind.Membership, Membership.IdOf(claims.Organization, party).Value, claims.IssuedAt, now);

    private DelegationCheck Refuse(DelegationClaims? claims, DelegationRefusal reason, string detail)
    {
        Telemetry.Log.TokenVerificationFailed(log, detail, claims?.Id.ToString());
        return new DelegationCheck(claims, reason);
    }
}
