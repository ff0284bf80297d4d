using Credence.Storage;
using Credence.Telemetry;
using Credence.Webhooks;
using Microsoft.Extensions.Logging;

namespace Credence.Anomalies;

/// <summary>Tells channels of alerts, on any number of nodes: what a node takes it has for a lease, and what fails is retried as webhooks are (contract operations O27, O30).</summary>
public sealed class DeliverAlerts
{
    private const int AtOnce = 20;

    private readonly Db _db;
    private readonly SendAlert _send;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    internal DeliverAlerts(Db db, SendAlert send, WebhookOptions options, TimeProvider clock, ILogger<DeliverAlerts> log) =>
        (_db, _send, _options, _clock, _log) = (db, send, options, clock, log);

    /// <summary>Sends until nothing is due.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (await TakeAsync(ct) is { Count: > 0 } taken) await Task.WhenAll(taken.Select(delivery => SendAsync(delivery, ct)));
    }

    private async Task<List<AlertDelivery>> TakeAsync(CancellationToken ct)
    {
        var now = _clock.Now();
        if (!await AlertDeliveryStore.AnyDueAsync(_db, now, ct)) return [];
        await using var tx = await _db.BeginAsync(ct);
        var taken = await AlertDeliveryStore.TakeDueAsync(tx, AtOnce, now + _options.Lease, now, ct);
        await tx.CommitAsync();
        return taken;
    }

    private async Task SendAsync(AlertDelivery delivery, CancellationToken ct)
    {
        var channel = await ChannelStore.FindAsync(_db, delivery.Channel, ct);
        var anomaly = await AnomalyStore.FindAsync(_db, delivery.Organization, delivery.Anomaly, ct);
        if (channel is null || anomaly is null) return; // deleted since it was taken, and its deliveries with it
        var error = await _send.RunAsync(channel, anomaly, ct);

        var now = _clock.Now();
        var status = error is null ? "delivered" : delivery.Attempts > WebhookOptions.Retries ? "failed" : "pending";
        if (error is not null) Log.AlertDeliveryFailed(_log, channel.Id.ToString(), anomaly.Id.ToString(), delivery.Attempts, error);
        await using var tx = await _db.BeginAsync(ct);
        await AlertDeliveryStore.NoteAsync(tx, delivery, status, _options.RetryAt(delivery.Attempts, now), error, ct);
        await tx.CommitAsync();
    }
}
