using Credence.Storage;

namespace Credence.Tokens;

/// <summary>Assertions that serve once (RFC 7523 3), remembered until they have expired and are refused for that.</summary>
public static class SpentAssertions
{
    private const int PerSweep = 1_000;

    /// <summary>Spends one.</summary>
    /// <param name="tx">The transaction of what it is spent for.</param>
    /// <param name="assertion">What makes it the one it is: all of it, or its issuer and <c>jti</c>.</param>
    /// <param name="expires">When it expires.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False when it was spent before.</returns>
    public static async Task<bool> SpendAsync(DbTx tx, string assertion, DateTimeOffset expires, CancellationToken ct) =>
        await tx.ExecuteAsync($"insert into spent_assertions (id, expires_ms) values ({Secret.Hash(assertion)}, {expires}) on conflict (id) do nothing", ct) == 1;

    /// <summary>Forgets some of those that have expired.</summary>
    /// <returns>How many; 0 when none is left.</returns>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from spent_assertions where id in (select id from spent_assertions where expires_ms < {now} limit {PerSweep})", ct);
}
