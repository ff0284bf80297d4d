using Credence.Issuers;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Federation;

/// <summary>Checks a token that a partner issued (contract agent-idp AE-45). The partner's row is read each time, so that a change counts at once on every node.</summary>
public sealed class CheckPartnerToken(Db db, IssuerKeys keys, IssuerOptions options, Metrics metrics, TimeProvider clock, ILogger<CheckPartnerToken> log)
{
    /// <param name="token">The token.</param>
    /// <param name="audience">Whom it must be for; null takes one for this server, and one for nobody in particular.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The token, whose claims may now be believed as the partner's; or that it does not count. Why goes to the log.</returns>
    public async Task<Result<ForeignToken>> RunAsync(string token, string? audience, CancellationToken ct)
    {
        var read = ForeignToken.Read(token);
        if (await RefusalAsync(read, audience, ct) is { } refusal)
        {
            Log.TokenVerificationFailed(log, Words.Of(refusal), null);
            metrics.FederationHappened(FederationEvent.TokenRejected);
            return FederationFailures.TokenInvalid;
        }

        metrics.FederationHappened(FederationEvent.TokenVerified);
        return read!;
    }

    private async Task<ForeignRefusal?> RefusalAsync(ForeignToken? token, string? audience, CancellationToken ct)
    {
        if (token is null) return ForeignRefusal.Malformed;
        var now = clock.Now();
        var partner = token.Issuer is { } issuer ? await PartnerStore.FindByIssuerAsync(db, issuer, ct) : null;
        if (partner is null) return ForeignRefusal.UnknownIssuer;
        if (partner.StatusAt(now) != PartnerStatus.Active) return partner.Status == PartnerStatus.Suspended ? ForeignRefusal.PartnerSuspended : ForeignRefusal.PartnerExpired;
        if (await token.VerifyAsync(keys, partner.Keys, now, ct) is { } refusal) return refusal;
        if (!IsMeant(token, audience)) return ForeignRefusal.WrongAudience;
        return partner.AllowedOrganizations.Count > 0 && !partner.AllowedOrganizations.Contains(token.Text("organization_id"), StringComparer.Ordinal)
            ? ForeignRefusal.WrongOrganization
            : null;
    }

    private bool IsMeant(ForeignToken token, string? audience) => audience is not null
        ? token.IsFor(audience)
        : !token.Claims.TryGetProperty("aud", out _) || token.IsFor(options.Audience);
}
