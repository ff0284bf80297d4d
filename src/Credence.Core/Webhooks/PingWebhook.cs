using Credence.Audit;
using Credence.Events;
using Credence.Organizations;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Webhooks;

/// <summary>An organization tries a webhook out: one delivery that tells of nothing, signed and sent like any other.</summary>
public sealed class PingWebhook(Db db, TimeProvider clock)
{
    /// <param name="caller">Whose webhook it must be.</param>
    /// <param name="id">Which.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The delivery, or that there is no such webhook, or that it is switched off.</returns>
    public async Task<Result<Delivery>> RunAsync(ICaller caller, Id<Webhook> id, string type, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var webhook = await WebhookStore.HoldAsync(tx, caller, id, ct);
        if (webhook is null) return WebhookFailures.NotFound;
        if (!webhook.Active) return WebhookFailures.SwitchedOff;

        // An event of its own, known to this webhook alone: streams and other webhooks have nothing to do with it.
        var ping = new Event(Id<Event>.New(now), caller.Organization.ToString(), type, Sample(webhook), now, Position: 0);
        var delivery = Delivery.New(id, webhook.Door, webhook.Url, ping.Id, ping.Type, DeliveryStyle.Of(webhook.Door).Envelope(ping), Tracing.Parent, now);
        await DeliveryStore.AddAsync(tx, [delivery], ct);
        await AuditLog.AppendAsync(tx, caller.Act("webhook.pinged", id.ToString(), new() { ["delivery"] = delivery.Id.ToString() }), now, ct);
        await tx.CommitAsync();
        return delivery;
    }

    private static string Sample(Webhook webhook) => webhook.Door == EventDoor.Agents
        ? $$"""{"test":true,"webhookId":"{{webhook.Id.Value}}"}"""
        : $$"""{"webhookId":"{{webhook.Id}}"}""";
}
