using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>A webhook and its secret, which is shown once.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Secret">What signs.</param>
public sealed record WebhookWithSecret(Webhook Webhook, WebhookSecret Secret);

/// <summary>An organization wants to be told of events.</summary>
public sealed class CreateWebhook(Db db, PlanGate plan, WebhookOptions options, SecretBox box, TimeProvider clock)
{
    /// <summary>What the webhook shall be.</summary>
    /// <param name="Url">Where the events go.</param>
    /// <param name="Events">Which; some of <see cref="WebhookEvents.Of"/> the caller's door.</param>
    /// <param name="Secret">The caller's own secret, or null for a new one (design D15).</param>
    public sealed record Input(string Url, IReadOnlyList<string> Events, WebhookSecret? Secret)
    {
        /// <summary>What the organization calls it.</summary>
        public string? Name { get; init; }
    }

    /// <returns>The webhook with its secret, or that the address cannot be used, or that the plan has no place left.</returns>
    public async Task<Result<WebhookWithSecret>> RunAsync(ICaller caller, Input input, CancellationToken ct)
    {
        if (options.Rules.Problem(input.Url) is { } problem) return WebhookFailures.BadUrl(problem);
        var now = clock.Now();
        var id = Id<Webhook>.New(now);
        var secret = input.Secret ?? WebhookSecret.New();
        var webhook = new Webhook(
            id, caller.Organization, input.Url, [.. input.Events.Distinct(StringComparer.Ordinal)], new SealedSecrets(box.Seal(id, secret), null, null),
            Active: true, DisabledReason: null, FailingSince: null, now, now)
        {
            Door = caller.Door,
            Name = input.Name,
        };

        await using var tx = await db.BeginAsync(ct);
        if (await AdmitAsync(tx, caller, ct) is { } full) return full;
        await WebhookStore.AddAsync(tx, webhook, ct);
        await AuditLog.AppendAsync(
            tx, caller.Act("webhook.created", id.ToString(), new() { ["events"] = string.Join(' ', webhook.Events) }), now, ct);
        await tx.CommitAsync();
        return new WebhookWithSecret(webhook, secret);
    }

    /// <summary>A key knows its plan; at the agents door it is looked up.</summary>
    private async Task<Failure?> AdmitAsync(DbTx tx, ICaller caller, CancellationToken ct)
    {
        if (caller is ApiCaller key) return await plan.AdmitWebhookAsync(tx, key, ct);
        if (await OrganizationStore.FindAsync(tx, caller.Organization, ct) is not { } organization) return OrganizationFailures.NotFound;
        return await plan.AdmitWebhookAsync(tx, organization, ct) is null ? null : WebhookFailures.TooMany;
    }
}
