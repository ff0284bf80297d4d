using Credence.Storage;

namespace Credence.People;

/// <summary>A refresh token as it is kept.</summary>
/// <param name="Session">The session it keeps alive.</param>
/// <param name="ExpiresAt">Until when it may be used.</param>
/// <param name="IsSpent">Whether it was.</param>
public sealed record PersonRefreshToken(Id<PersonSession> Session, DateTimeOffset ExpiresAt, bool IsSpent);

/// <summary>Refresh tokens of people's sessions, by their SHA-256.</summary>
public static class PersonRefreshTokens
{
    /// <summary>How they begin.</summary>
    public const string Prefix = "crt_";

    /// <summary>Adds one.</summary>
    public static Task AddAsync(DbTx tx, string hash, Id<PersonSession> session, DateTimeOffset expires, CancellationToken ct) =>
        tx.LaterAsync($"insert into person_refresh_tokens (hash, session_id, expires_ms) values ({hash}, {session}, {expires})", ct);

    /// <summary>One by its hash, or null.</summary>
    public static Task<PersonRefreshToken?> FindAsync(DbSession db, string hash, CancellationToken ct) =>
        db.FirstAsync(
            $"select session_id, expires_ms, spent_ms from person_refresh_tokens where hash = {hash}",
            row => new PersonRefreshToken(row.Id<PersonSession>("session_id"), row.Time("expires_ms"), row.TimeOrNull("spent_ms") is not null), ct);

    /// <summary>Spends one.</summary>
    /// <returns>False when it was spent before: of any number of callers one spends it.</returns>
    public static async Task<bool> SpendAsync(DbTx tx, string hash, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update person_refresh_tokens set spent_ms = {now} where hash = {hash} and spent_ms is null", ct) == 1;
}
