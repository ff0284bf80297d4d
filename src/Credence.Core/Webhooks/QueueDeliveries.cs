using Credence.Events;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>Part of every dispatch (<see cref="DispatchStep"/>): queues a delivery of each event for each webhook that is subscribed to it.</summary>
internal static class QueueDeliveries
{
    private sealed record Wanted(Event Event, Id<Webhook> Webhook, string Url)
    {
        public Delivery Deliver(DateTimeOffset now) =>
            Delivery.New(Webhook, Event.Door, Url, Event.Id, Event.Type, DeliveryStyle.Of(Event.Door).Envelope(Event), Event.TraceParent, now);
    }

    /// <summary>Queues those of the events behind <paramref name="after"/> up to <paramref name="last"/>.</summary>
    public static async Task RunAsync(DbTx tx, long after, long last, DateTimeOffset now, CancellationToken ct)
    {
        var wanted = await tx.ListAsync(
            $"""
            select {Event.Columns.From('e')}, s.webhook_id, w.url from events e
            join webhook_subscriptions s on s.organization_id = e.organization_id and s.type = e.type
            join webhooks w on w.id = s.webhook_id and w.door = e.door
            where e.position > {after} and e.position <= {last} order by e.position
            """,
            row => new Wanted(Event.Read(row), row.Id<Webhook>("webhook_id"), row.Text("url")), ct);
        if (wanted.Count == 0) return;
        await DeliveryStore.AddAsync(tx, wanted.ConvertAll(one => one.Deliver(now)), ct);
    }
}
