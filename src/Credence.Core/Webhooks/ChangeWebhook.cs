using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>An organization changes a webhook, or switches it off and on again.</summary>
public sealed class ChangeWebhook(Db db, WebhookOptions options, SecretBox box, TimeProvider clock)
{
    /// <summary>What to change; null leaves a thing as it is.</summary>
    /// <param name="Url">A new address; what is still pending goes there too.</param>
    /// <param name="Events">Replaces the list.</param>
    /// <param name="Active">Whether it is told of events. What is pending when it is switched off is given up.</param>
    public sealed record Input(string? Url, IReadOnlyList<string>? Events, bool? Active)
    {
        /// <summary>A new name.</summary>
        public string? Name { get; init; }

        /// <summary>A new secret; the former one signs too for <see cref="RotateWebhookSecret.UsualOverlap"/>.</summary>
        public WebhookSecret? Secret { get; init; }
    }

    /// <returns>The webhook as it is now, or that there is none, or that the address cannot be used.</returns>
    public async Task<Result<Webhook>> RunAsync(ICaller caller, Id<Webhook> id, Input input, CancellationToken ct)
    {
        if (input.Url is { } url && options.Rules.Problem(url) is { } problem) return WebhookFailures.BadUrl(problem);
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var before = await WebhookStore.HoldAsync(tx, caller, id, ct);
        if (before is null) return WebhookFailures.NotFound;

        var after = before with
        {
            Name = input.Name ?? before.Name,
            Url = input.Url ?? before.Url,
            Events = [.. (input.Events ?? before.Events).Distinct(StringComparer.Ordinal)],
            Active = input.Active ?? before.Active,
            Secrets = input.Secret is { } secret
                ? new SealedSecrets(box.Seal(id, secret), before.Secrets.Current, now + RotateWebhookSecret.UsualOverlap)
                : before.Secrets,
            UpdatedAt = now,
        };
        if (after.Active && (!before.Active || after.Url != before.Url)) after = after with { DisabledReason = null, FailingSince = null, FailureCount = 0 }; // a new beginning
        await WebhookStore.SaveAsync(tx, after, ct);
        await AuditLog.AppendAsync(
            tx,
            caller.Act(
                "webhook.changed", id.ToString(),
                new() { ["events"] = string.Join(' ', after.Events), ["active"] = after.Active ? "true" : "false" }),
            now, ct);
        if (input.Secret is not null) await RotateWebhookSecret.AuditAsync(tx, caller, after, now, ct);
        await tx.CommitAsync();
        return after;
    }
}
