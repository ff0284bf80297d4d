using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>An active or former webhook that has deliveries waiting.</summary>
/// <param name="Webhook">Its id.</param>
/// <param name="Failing">Whether its last attempts failed.</param>
/// <param name="DueAt">When the first of them is due.</param>
internal sealed record WaitingWebhook(string Webhook, bool Failing, DateTimeOffset DueAt);

/// <summary>How a node takes deliveries that are due, and writes down what became of them.</summary>
internal static class DeliveryQueue
{
    /// <summary>A commit of this topic queued deliveries.</summary>
    public const string Topic = "webhook-deliveries";

    /// <summary>Every webhook with deliveries waiting. It hops from one webhook to the next in the index, however many deliveries each has.</summary>
    public static Task<List<WaitingWebhook>> WaitingAsync(DbSession db, CancellationToken ct) =>
        db.ListAsync(
            $"""
            with recursive waiting (webhook_id) as (
                select min(webhook_id) from webhook_deliveries where status = 'pending'
                union all
                select (select min(d.webhook_id) from webhook_deliveries d where d.status = 'pending' and d.webhook_id > waiting.webhook_id)
                from waiting where waiting.webhook_id is not null
            )
            select w.id, w.failing_since_ms,
                (select min(d.due_ms) from webhook_deliveries d where d.status = 'pending' and d.webhook_id = w.id) as due_ms
            from waiting join webhooks w on w.id = waiting.webhook_id
            """,
            row => new WaitingWebhook(row.Text("id"), row.TimeOrNull("failing_since_ms") is not null, row.TimeOrNull("due_ms") ?? DateTimeOffset.MaxValue),
            ct); // a row that was finished between the two looks leaves no due time

    /// <summary>Takes up to <paramref name="most"/> deliveries of a webhook that are due, until <paramref name="until"/>; what another node is taking is passed over.</summary>
    public static Task<List<Delivery>> TakeAsync(DbTx tx, string webhook, int most, DateTimeOffset until, DateTimeOffset now, CancellationToken ct) =>
        tx.ListAsync(
            $"""
            with taken as materialized (
                select id from webhook_deliveries where webhook_id = {webhook} and status = 'pending' and due_ms <= {now}
                order by due_ms, id limit {most} {tx.ForClaim}
            )
            update webhook_deliveries set due_ms = {until} where id in (select id from taken) returning {Delivery.Columns}
            """,
            Delivery.Read, ct);

    /// <summary>It arrived. That counts even when its lease had run out meanwhile.</summary>
    public static Task DeliveredAsync(DbTx tx, Attempt attempt, string url, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update webhook_deliveries set status = 'delivered', attempts = attempts + 1, last_error = null, due_ms = null, delivered_ms = {attempt.At}, url = {url},
                http_status = {attempt.Status}
            where id = {attempt.Delivery.Id} and status = 'pending'
            """,
            ct);

    /// <summary>It failed, and is tried again at <paramref name="due"/>, or never when that is null; unless its lease ran out and another node has it.</summary>
    public static Task FailedAsync(DbTx tx, Attempt attempt, string url, DeliveryStatus givenUp, DateTimeOffset? due, CancellationToken ct)
    {
        var (delivery, status) = (attempt.Delivery, due is null ? givenUp : DeliveryStatus.Pending);
        return tx.LaterAsync(
            $"""
            update webhook_deliveries set status = {status}, attempts = attempts + 1, last_error = {attempt.Error}, due_ms = {due}, url = {url},
                http_status = {attempt.Status}
            where id = {delivery.Id} and status = 'pending' and due_ms = {delivery.DueAt}
            """,
            ct);
    }

    /// <summary>It was not sent after all: another node may take it at once.</summary>
    public static Task ReleaseAsync(DbTx tx, Delivery delivery, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync($"update webhook_deliveries set due_ms = {now} where id = {delivery.Id} and status = 'pending' and due_ms = {delivery.DueAt}", ct);

    /// <summary>Gives up some of what waits for a webhook that is switched off or deleted.</summary>
    /// <returns>How many; 0 when none is left.</returns>
    public static Task<int> GiveUpAsync(DbTx tx, string webhook, int most, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            update webhook_deliveries set status = 'failed', last_error = 'The webhook was switched off', due_ms = null
            where id in (select id from webhook_deliveries where webhook_id = {webhook} and status = 'pending' limit {most})
            """,
            ct);
}
