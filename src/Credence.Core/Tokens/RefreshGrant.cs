using Credence.Agents;
using Credence.Grants;
using Credence.Organizations;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Tokens;

/// <summary>
/// A refresh token becomes a new grant token and a new refresh token; of any number of callers one gets them. A spent one that comes back after
/// the grace time was copied: the grant ends with everything below it, since nobody can tell the thief from the owner (design D17).
/// </summary>
public sealed class RefreshGrant(
    Db db, MintGrantToken mint, RevokeGrant revoke, TokenOptions options, TimeProvider clock, ILogger<RefreshGrant> log)
{
    /// <summary>Who is recorded as having ended the grant when a spent refresh token comes back.</summary>
    public const string ReuseDetected = "refresh-token-reuse";

    /// <returns>The same grant with a new token; its expiry stays.</returns>
    public async Task<Result<IssuedGrant>> RunAsync(ApiCaller caller, string refreshToken, string agent, CancellationToken ct)
    {
        var now = clock.Now();
        var hash = Secret.Hash(refreshToken);
        var token = await GrantTokenStore.FindRefreshAsync(db, caller.Organization, hash, ct);
        if (token is null) return TokenFailures.RefreshInvalid;
        var grant = (await GrantStore.FindAsync(db, caller.Organization, token.Grant, ct))!;
        if (grant.Agent.ToString() != agent) return TokenFailures.RefreshForeign;
        if (token.RotatedAt is { } rotated) return await SpentAsync(grant, rotated, now, ct);
        if (token.ExpiresAt <= now) return TokenFailures.RefreshExpired;
        if (grant.Status == GrantStatus.Revoked) return TokenFailures.GrantRevoked;
        if (grant.ExpiresAt <= now) return TokenFailures.GrantExpired;
        if (grant.IsPaused) return TokenFailures.GrantPaused;
        var minted = mint.Sign(grant, now);

        await using var tx = await db.BeginAsync(ct);
        if (await AgentStore.PinActiveAsync(tx, caller.Organization, grant.Agent, ct) is null) return TokenFailures.RefreshInvalid;
        if (await GrantStore.PinAsync(tx, grant.Id, ct) is not { Status: GrantStatus.Active } pinned) return TokenFailures.GrantRevoked;
        if (pinned.IsPaused) return TokenFailures.GrantPaused;
        if (!await GrantTokenStore.RotateAsync(tx, hash, now, ct)) return TokenFailures.RefreshSpent;
        await MintGrantToken.RecordAsync(tx, grant, minted, caller.Key.ToString(), now, ct);
        await tx.CommitAsync();

        Log.TokenRefreshed(log, grant.Id.ToString(), grant.Agent.ToString());
        return new IssuedGrant(grant, minted);
    }

    private async Task<Failure> SpentAsync(Grant grant, DateTimeOffset rotated, DateTimeOffset now, CancellationToken ct)
    {
        if (now - rotated > options.ReuseGrace) await revoke.RunAsync(grant.Organization, grant.Id, ReuseDetected, ct);
        return TokenFailures.RefreshSpent;
    }
}
