using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Deliveries of alerts in the database.</summary>
public static class AlertDeliveryStore
{
    /// <summary>How long one is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private const int PerSweep = 5_000;

    internal static async Task AddAsync(DbTx tx, AlertDelivery[] deliveries, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var some in ManyRows.InRuns(deliveries))
        {
            await tx.LaterAsync(
                $"""
                insert into anomaly_deliveries (id, organization_id, anomaly_id, channel_id, status, attempts, due_ms, created_ms)
                {ManyRows.Values(some, one => $"({one.Id}, {one.Organization}, {one.Anomaly}, {one.Channel}, 'pending', 0, {now}, {now})")}
                """,
                ct);
        }
    }

    /// <summary>Whether anything is due: asked before a transaction begins, which on SQLite would hold up writers.</summary>
    internal static async Task<bool> AnyDueAsync(DbSession db, DateTimeOffset now, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from (select 1 from anomaly_deliveries where status = 'pending' and due_ms <= {now} limit 1) t", ct) > 0;

    /// <summary>Takes what is due, for as long as the lease: of any number of nodes one gets each.</summary>
    internal static Task<List<AlertDelivery>> TakeDueAsync(DbTx tx, int most, DateTimeOffset leased, DateTimeOffset now, CancellationToken ct) =>
        tx.ListAsync(
            $"""
            update anomaly_deliveries set attempts = attempts + 1, due_ms = {leased}
            where status = 'pending' and due_ms <= {now} and id in (
                select id from anomaly_deliveries where status = 'pending' and due_ms <= {now} order by due_ms limit {most}
            )
            returning {AlertDelivery.Columns}
            """,
            AlertDelivery.Read, ct);

    /// <summary>Notes what became of an attempt; one whose lease another node has taken over since is left to that node.</summary>
    internal static Task NoteAsync(DbTx tx, AlertDelivery delivery, string status, DateTimeOffset due, string? error, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            update anomaly_deliveries set status = {status}, due_ms = {due}, last_error = {error}
            where id = {delivery.Id} and attempts = {delivery.Attempts} and status = 'pending'
            """,
            ct);

    /// <summary>Deletes some of what is old.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from anomaly_deliveries where id in (select id from anomaly_deliveries where created_ms < {now - Kept} limit {PerSweep})", ct);
}
