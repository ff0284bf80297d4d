using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Webhooks;

/// <summary>An organization wants an event again: a new delivery with the same body and event id.</summary>
public sealed class RedeliverEvent(Db db, TimeProvider clock)
{
    /// <returns>The new delivery, or that there is no such webhook or delivery, or that the webhook is switched off.</returns>
    public async Task<Result<Delivery>> RunAsync(ICaller caller, Id<Webhook> id, Id<Delivery> which, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var webhook = await WebhookStore.HoldAsync(tx, caller, id, ct);
        if (webhook is null) return WebhookFailures.NotFound;
        if (await DeliveryStore.FindAsync(tx, id, which, ct) is not { } before) return WebhookFailures.DeliveryNotFound;
        if (!webhook.Active) return WebhookFailures.SwitchedOff;

        var again = Delivery.New(id, webhook.Door, webhook.Url, before.Event, before.EventType, before.Body, Tracing.Parent, now);
        await DeliveryStore.AddAsync(tx, [again], ct);
        await AuditLog.AppendAsync(
            tx, caller.Act("webhook.redelivered", id.ToString(), new() { ["delivery"] = which.ToString(), ["again"] = again.Id.ToString() }), now, ct);
        await tx.CommitAsync();
        return again;
    }
}
