using Credence.Grants;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Tokens;

/// <summary>A refresh token as it is kept: by its hash.</summary>
/// <param name="Grant">What it renews.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="RotatedAt">When it was used, or null.</param>
public sealed record RefreshToken(Id<Grant> Grant, DateTimeOffset ExpiresAt, DateTimeOffset? RotatedAt);

/// <summary>Refresh tokens in the database.</summary>
public static class RefreshTokenStore
{
    /// <summary>The one that hashes to <paramref name="hash"/>, or null when it is not this organization's.</summary>
    public static Task<RefreshToken?> FindAsync(DbSession db, Id<Organization> organization, string hash, CancellationToken ct) =>
        db.FirstAsync(
            $"""
            select r.grant_id, r.expires_ms, r.rotated_ms from refresh_tokens r join grants g on g.id = r.grant_id
            where r.hash = {hash} and g.organization_id = {organization}
            """,
            row => new RefreshToken(row.Id<Grant>("grant_id"), row.Time("expires_ms"), row.TimeOrNull("rotated_ms")), ct);

    /// <summary>Spends one.</summary>
    /// <returns>False when it was spent before: of any number of callers one is told true.</returns>
    public static async Task<bool> RotateAsync(DbTx tx, string hash, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update refresh_tokens set rotated_ms = {now} where hash = {hash} and rotated_ms is null", ct) == 1;
}
