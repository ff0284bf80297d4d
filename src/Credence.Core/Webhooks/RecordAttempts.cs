using System.Globalization;
using Credence.Audit;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Webhooks;

/// <summary>Writes down what became of attempts, and switches off a webhook that has been failing for too long.</summary>
internal sealed class RecordAttempts(WebhookOptions options, Metrics metrics, ILogger<RecordAttempts> log)
{
    private const string Server = "server";

    /// <summary>Writes, in the caller's transaction.</summary>
    /// <returns>Whether the webhook was switched off.</returns>
    public async Task<bool> WriteAsync(DbTx tx, Webhook webhook, IReadOnlyCollection<Attempt> attempts, CancellationToken ct)
    {
        foreach (var attempt in attempts)
        {
            if (attempt.Error is null) await DeliveryQueue.DeliveredAsync(tx, attempt, webhook.Url, ct);
            else await DeliveryQueue.FailedAsync(tx, attempt, webhook.Url, DeliveryStyle.Of(webhook.Door).GivenUp, RetryAt(webhook, attempt), ct);
        }

        var last = attempts.Max(attempt => attempt.At);
        if (attempts.Any(attempt => attempt.Error is null))
        {
            if (webhook.FailingSince is not null) await WebhookStore.RecoveredAsync(tx, webhook.Id, ct);
            return false;
        }

        await WebhookStore.FailingAsync(tx, webhook.Id, attempts.Min(attempt => attempt.At), attempts.Count, ct);
        return attempts.Any(IsLast) && await DisableAsync(tx, webhook, last, ct);
    }

    /// <summary>Tells the operator, once it is committed (contract operations O37, O40).</summary>
    public void Announce(Webhook webhook, IReadOnlyCollection<Attempt> attempts, bool disabled)
    {
        foreach (var attempt in attempts)
        {
            metrics.WebhookSent(attempt.Error is null);
            if (attempt.Error is null) continue;
            if (IsLast(attempt) && DeliveryStyle.Of(webhook.Door).GivenUp == DeliveryStatus.DeadLetter) metrics.WebhookGivenUp(attempt.Delivery.EventType);
            Log.WebhookDeliveryFailed(log, webhook.Id.ToString(), Bare(webhook.Url), attempt.Status, attempt.Delivery.Attempts + 1, attempt.Error);
        }

        if (disabled) Log.WebhookDisabled(log, webhook.Id.ToString(), webhook.Organization.ToString(), Bare(webhook.Url));
    }

    private static bool IsLast(Attempt attempt) => attempt.Delivery.Attempts >= attempt.Delivery.MaxAttempts;

    private DateTimeOffset? RetryAt(Webhook webhook, Attempt attempt) =>
        IsLast(attempt) ? null : DeliveryStyle.Of(webhook.Door).RetryAt(attempt.Delivery.Attempts + 1, options, attempt.At);

    private async Task<bool> DisableAsync(DbTx tx, Webhook webhook, DateTimeOffset now, CancellationToken ct)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"Every attempt failed for {options.DisableAfter.TotalHours:0} hours");
        if (!await WebhookStore.DisableAsync(tx, webhook.Id, now - options.DisableAfter, reason, now, ct)) return false;
        await AuditLog.AppendAsync(
            tx,
            new AuditEvent(webhook.Organization.ToString(), "webhook.disabled", Server, webhook.Id.ToString()) { Data = new() { ["reason"] = reason } },
            now, ct);
        return true;
    }

    /// <summary>An address without its query, which may hold what only the receiver should know (O38).</summary>
    private static string Bare(string url) => new Uri(url).GetLeftPart(UriPartial.Path);
}
