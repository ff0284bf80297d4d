using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>An organization wants to be told no more; the deliveries go too.</summary>
public sealed class DeleteWebhook(Db db, TimeProvider clock)
{
    /// <returns>The webhook as it was, or that there is none.</returns>
    public async Task<Result<Webhook>> RunAsync(ICaller caller, Id<Webhook> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var webhook = await WebhookStore.HoldAsync(tx, caller, id, ct);
        if (webhook is null) return WebhookFailures.NotFound;

        await WebhookStore.DeleteAsync(tx, id, now, ct);
        await AuditLog.AppendAsync(tx, caller.Act("webhook.deleted", id.ToString()), now, ct);
        await tx.CommitAsync();
        return webhook;
    }
}
