using Credence.Grants;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Tokens;

/// <summary>A refresh token as it is kept: by its hash.</summary>
/// <param name="Grant">What it renews.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="RotatedAt">When it was used, or null.</param>
public sealed record RefreshToken(Id<Grant> Grant, DateTimeOffset ExpiresAt, DateTimeOffset? RotatedAt);

/// <summary>Grant tokens and refresh tokens in the database.</summary>
public static class GrantTokenStore
{
    private static readonly TimeSpan KeptAfterExpiry = TimeSpan.FromDays(1);

    /// <summary>Adds a token and the refresh token that came with it.</summary>
    public static async Task AddAsync(DbTx tx, Grant grant, MintedToken minted, CancellationToken ct)
    {
        await tx.LaterAsync(
            $"""
            insert into grant_tokens (id, grant_id, organization_id, expires_ms)
            values ({minted.Claims.Token}, {grant.Id}, {grant.Organization}, {grant.ExpiresAt})
            """,
            ct);
        await tx.LaterAsync(
            $"insert into refresh_tokens (hash, grant_id, expires_ms) values ({Secret.Hash(minted.RefreshToken)}, {grant.Id}, {minted.RefreshExpiresAt})", ct);
    }

    /// <summary>Revokes one token.</summary>
    /// <returns>When it would have expired; null when it is not this organization's or was revoked before.</returns>
    public static async Task<DateTimeOffset?> RevokeAsync(DbTx tx, Id<Organization> organization, Id<GrantToken> id, DateTimeOffset now, CancellationToken ct)
    {
        var expires = await tx.ListAsync(
            $"""
            update grant_tokens set revoked_ms = {now} where id = {id} and organization_id = {organization} and revoked_ms is null
            returning expires_ms
            """,
            row => row.Time("expires_ms"), ct);
        return expires.Count == 0 ? null : expires[0];
    }

    /// <summary>The refresh token that hashes to <paramref name="hash"/>, or null when it is not this organization's.</summary>
    public static Task<RefreshToken?> FindRefreshAsync(DbSession db, Id<Organization> organization, string hash, CancellationToken ct) =>
        db.FirstAsync(
            $"""
            select r.grant_id, r.expires_ms, r.rotated_ms from refresh_tokens r join grants g on g.id = r.grant_id
            where r.hash = {hash} and g.organization_id = {organization}
            """,
            row => new RefreshToken(row.Id<Grant>("grant_id"), row.Time("expires_ms"), row.TimeOrNull("rotated_ms")), ct);

    /// <summary>Spends a refresh token.</summary>
    /// <returns>False when it was spent before: of any number of callers one is told true.</returns>
    public static async Task<bool> RotateAsync(DbTx tx, string hash, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update refresh_tokens set rotated_ms = {now} where hash = {hash} and rotated_ms is null", ct) == 1;

    /// <summary>Deletes what expired a day ago.</summary>
    public static async Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from grant_tokens where expires_ms < {now - KeptAfterExpiry}", ct)
        + await tx.ExecuteAsync($"delete from refresh_tokens where expires_ms < {now - KeptAfterExpiry}", ct);
}
