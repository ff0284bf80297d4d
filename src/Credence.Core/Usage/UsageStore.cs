using System.Security.Cryptography;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Usage;

/// <summary>Usage in the database: for each organization and day a few rows, whose sum counts.</summary>
public static class UsageStore
{
    /// <summary>How long a day is kept; the wire shows 90 of them (contract grantex-core 13).</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>More callers of one organization than this rarely commit in the same moment.</summary>
    private const int Stripes = 16;

    /// <summary>Midnight, UTC, of the day of <paramref name="at"/>.</summary>
    public static DateTimeOffset DayOf(DateTimeOffset at) => new(at.UtcDateTime.Date, TimeSpan.Zero);

    /// <summary>Counts one call in its own transaction. Call it last before the commit: the stripe is held until then.</summary>
    internal static Task AddAsync(DbTx tx, Id<Organization> organization, UsageKind kind, DateTimeOffset now, CancellationToken ct)
    {
        var stripe = RandomNumberGenerator.GetInt32(Stripes).ToString();
        return tx.LaterAsync(
            $"""
            insert into usage_counts (organization_id, day_ms, stripe, authorizations, token_exchanges, verifications)
            values ({organization}, {DayOf(now)}, {stripe}, {(kind == UsageKind.Authorization ? 1 : 0)}, {(kind == UsageKind.TokenExchange ? 1 : 0)}, 0)
            on conflict (organization_id, day_ms, stripe) do update set
                authorizations = usage_counts.authorizations + excluded.authorizations,
                token_exchanges = usage_counts.token_exchanges + excluded.token_exchanges
            """,
            ct);
    }

    /// <summary>Stores how many verifications a journal holds by now. Storing it twice changes nothing.</summary>
    internal static Task SetVerificationsAsync(
        DbTx tx, Id<Organization> organization, DateTimeOffset day, string journal, long count, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into usage_counts (organization_id, day_ms, stripe, authorizations, token_exchanges, verifications)
            values ({organization}, {day}, {journal}, 0, 0, {count})
            on conflict (organization_id, day_ms, stripe) do update set verifications = excluded.verifications
            """,
            ct);

    /// <summary>The days from <paramref name="first"/> on that have something, newest first.</summary>
    public static Task<List<DayUsage>> SinceAsync(DbSession db, Id<Organization> organization, DateTimeOffset first, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select day_ms, cast(sum(authorizations) as bigint) as authorizations, cast(sum(token_exchanges) as bigint) as token_exchanges,
                cast(sum(verifications) as bigint) as verifications
            from usage_counts where organization_id = {organization} and day_ms >= {first}
            group by day_ms order by day_ms desc
            """,
            DayUsage.Read, ct);

    /// <summary>Deletes days older than <see cref="Kept"/>.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from usage_counts where day_ms < {now - Kept}", ct);
}
