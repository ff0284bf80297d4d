using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>A webhook gets a new secret; the former one signs too for a while, so that the receiver can change over without losing a delivery.</summary>
public sealed class RotateWebhookSecret(Db db, SecretBox box, TimeProvider clock)
{
    /// <summary>How long both sign unless the caller says otherwise.</summary>
    public static readonly TimeSpan UsualOverlap = TimeSpan.FromHours(24);

    /// <summary>How long both may sign.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    /// <param name="caller">Whose webhook it must be.</param>
    /// <param name="id">Which.</param>
    /// <param name="own">The caller's own secret, or null for a new one.</param>
    /// <param name="overlap">How long the former secret signs too.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The webhook with its new secret, or that there is none.</returns>
    public async Task<Result<WebhookWithSecret>> RunAsync(ICaller caller, Id<Webhook> id, WebhookSecret? own, TimeSpan overlap, CancellationToken ct)
    {
        if (overlap > LongestOverlap) return Failure.Invalid($"overlap must be at most {LongestOverlap.TotalDays:0}d");
        var now = clock.Now();
        var secret = own ?? WebhookSecret.New();
        var sealedSecret = box.Seal(id, secret);

        await using var tx = await db.BeginAsync(ct);
        var before = await WebhookStore.HoldAsync(tx, caller, id, ct);
        if (before is null) return WebhookFailures.NotFound;

        var after = before with { Secrets = new SealedSecrets(sealedSecret, before.Secrets.Current, now + overlap), UpdatedAt = now };
        await WebhookStore.SaveAsync(tx, after, ct);
        await AuditAsync(tx, caller, after, now, ct);
        await tx.CommitAsync();
        return new WebhookWithSecret(after, secret);
    }

    /// <summary>Writes down that a webhook has a new secret.</summary>
    internal static Task AuditAsync(DbTx tx, ICaller caller, Webhook after, DateTimeOffset now, CancellationToken ct) => AuditLog.AppendAsync(
        tx, caller.Act("webhook.secret_rotated", after.Id.ToString(), new() { ["previousUntil"] = after.Secrets.PreviousUntil!.Value.Iso() }), now, ct);
}
