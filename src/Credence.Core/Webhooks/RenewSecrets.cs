using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>Encrypts under the current key what is under a former one, so that the former may go (design D3). A worker runs it.</summary>
public sealed class RenewSecrets(Db db, SecretBox box)
{
    private const int AtOnce = 500;

    /// <returns>How many webhooks' secrets were encrypted anew.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var count = 0;
        for (var after = ""; ;)
        {
            var some = await WebhookStore.AfterAsync(db, after, AtOnce, ct);
            count += await RenewAsync(some, ct);
            if (some.Count < AtOnce) return count;
            after = some[^1].Id.ToString();
        }
    }

    private async Task<int> RenewAsync(List<Webhook> webhooks, CancellationToken ct)
    {
        var stale = webhooks.Select(webhook => (Webhook: webhook, Renewed: Renewed(webhook))).Where(each => each.Renewed != each.Webhook.Secrets).ToList();
        if (stale.Count == 0) return 0;
        await using var tx = await db.BeginAsync(ct);
        foreach (var (webhook, renewed) in stale) await WebhookStore.RenewAsync(tx, webhook, renewed, ct);
        await tx.CommitAsync();
        return stale.Count;
    }

    private SealedSecrets Renewed(Webhook webhook)
    {
        var (current, previous, until) = webhook.Secrets;
        return new SealedSecrets(
            box.Renew(webhook.Id, current) ?? current, previous is null ? null : box.Renew(webhook.Id, previous) ?? previous, until);
    }
}
