using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>Deliveries in the database, as those who look at them need them. How they are sent is in <see cref="DeliveryQueue"/>.</summary>
public static class DeliveryStore
{
    /// <summary>How long a delivery is kept: as long as its event.</summary>
    public static readonly TimeSpan Kept = Events.Outbox.Kept;

    private const int PerStatement = 200;
    private const int PerSweep = 1_000;

    /// <summary>A page of a webhook's deliveries, newest first, and how many there are in all.</summary>
    /// <param name="db">Where to read.</param>
    /// <param name="webhook">Whose deliveries.</param>
    /// <param name="status">Only these, or null for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="size">How many a page has.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<(List<Delivery> Page, long Total)> PageAsync(
        DbSession db, Id<Webhook> webhook, DeliveryStatus? status, int page, int size, CancellationToken ct)
    {
        var where = Of(webhook, status);
        var total = await db.NumberAsync($"select count(*) as n from webhook_deliveries where {where}", ct);
        var before = (page - 1L) * size;
        if (before >= total) return ([], total);
        var rows = await db.ListAsync(
            $"select {Delivery.Columns} from webhook_deliveries where {where} order by created_ms desc, id desc limit {size} offset {before}", Delivery.Read, ct);
        return (rows, total);
    }

    /// <summary>A webhook's delivery, or null.</summary>
    public static Task<Delivery?> FindAsync(DbSession db, Id<Webhook> webhook, Id<Delivery> id, CancellationToken ct) =>
        db.FirstAsync($"select {Delivery.Columns} from webhook_deliveries where id = {id} and webhook_id = {webhook}", Delivery.Read, ct);

    /// <summary>Adds deliveries, and says so to whoever sends once they are committed (contract operations O25).</summary>
    internal static async Task AddAsync(DbTx tx, IReadOnlyCollection<Delivery> deliveries, CancellationToken ct)
    {
        foreach (var some in deliveries.Chunk(PerStatement))
        {
            var rows = Sql.None;
            foreach (var delivery in some)
            {
                if (rows.Values.Count > 0) rows.AppendLiteral(", ");
                rows.AppendFormatted<Sql>(
                    $"""
                    ({delivery.Id}, {delivery.Webhook}, {delivery.Event}, {delivery.EventType}, {delivery.Body}, {delivery.Url}, {delivery.Status}, 0,
                    {delivery.MaxAttempts}, {delivery.DueAt}, {delivery.CreatedAt}, {delivery.TraceParent})
                    """);
            }

            await tx.LaterAsync(
                $"""
                insert into webhook_deliveries (id, webhook_id, event_id, event_type, body, url, status, attempts, max_attempts, due_ms, created_ms, traceparent)
                values {rows}
                """,
                ct);
        }

        tx.Tells(DeliveryQueue.Topic);
    }

    /// <summary>Deletes some of the deliveries older than <see cref="Kept"/>.</summary>
    /// <returns>How many; 0 when none is left.</returns>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            delete from webhook_deliveries where id in (select id from webhook_deliveries where id < {Id<Delivery>.Least(now - Kept)} order by id limit {PerSweep})
            """,
            ct);

    /// <summary>The condition for a webhook's deliveries. The words stand in the text, where an index on some of the rows finds them.</summary>
    private static Sql Of(Id<Webhook> webhook, DeliveryStatus? status) => status switch
    {
        null => $"webhook_id = {webhook}",
        DeliveryStatus.Pending => $"webhook_id = {webhook} and status = 'pending'",
        DeliveryStatus.Failed => $"webhook_id = {webhook} and status = 'failed'",
        DeliveryStatus.DeadLetter => $"webhook_id = {webhook} and status = 'dead_letter'",
        _ => $"webhook_id = {webhook} and status = 'delivered'",
    };
}
