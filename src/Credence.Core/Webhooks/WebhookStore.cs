using Credence.Organizations;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>Webhooks in the database. A deleted one is not found here.</summary>
public static class WebhookStore
{
    private const int PerSweep = 1_000;

    /// <summary>The caller's webhook, of the caller's door, or null.</summary>
    public static Task<Webhook?> FindAsync(DbSession db, ICaller caller, Id<Webhook> id, CancellationToken ct) =>
        db.FirstAsync(
            $"select {Webhook.Columns} from webhooks where id = {id} and organization_id = {caller.Organization} and door = {caller.Door} and deleted_ms is null",
            Webhook.Read, ct);

    /// <summary>Reads a webhook and holds its row for a change.</summary>
    public static Task<Webhook?> HoldAsync(DbTx tx, ICaller caller, Id<Webhook> id, CancellationToken ct) =>
        tx.FirstAsync(
            $"""
            update webhooks set url = url where id = {id} and organization_id = {caller.Organization} and door = {caller.Door} and deleted_ms is null
            returning {Webhook.Columns}
            """,
            Webhook.Read, ct);

    /// <summary>The caller's webhooks, of the caller's door, newest first.</summary>
    public static Task<List<Webhook>> ListAsync(DbSession db, ICaller caller, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Webhook.Columns} from webhooks where organization_id = {caller.Organization} and door = {caller.Door} and deleted_ms is null
            order by created_ms desc, id desc
            """,
            Webhook.Read, ct);

    /// <summary>Any organization's webhook that is told of events now, or null: for who delivers.</summary>
    internal static Task<Webhook?> FindActiveAsync(DbSession db, string id, CancellationToken ct) =>
        db.FirstAsync($"select {Webhook.Columns} from webhooks where id = {id} and active = {true}", Webhook.Read, ct);

    /// <summary>Adds one, with its subscriptions.</summary>
    internal static async Task AddAsync(DbTx tx, Webhook webhook, CancellationToken ct)
    {
        await tx.ExecuteAsync(
            $"""
            insert into webhooks (id, organization_id, door, name, url, events, secret, active, created_ms, updated_ms)
            values ({webhook.Id}, {webhook.Organization}, {webhook.Door}, {webhook.Name}, {webhook.Url}, {webhook.Events}, {webhook.Secrets.Current},
                {webhook.Active}, {webhook.CreatedAt}, {webhook.UpdatedAt})
            """,
            ct);
        await SubscribeAsync(tx, webhook, ct);
    }

    /// <summary>Writes what may change about one; its subscriptions follow.</summary>
    internal static async Task SaveAsync(DbTx tx, Webhook webhook, CancellationToken ct)
    {
        await tx.ExecuteAsync(
            $"""
            update webhooks set name = {webhook.Name}, url = {webhook.Url}, events = {webhook.Events}, secret = {webhook.Secrets.Current},
                previous_secret = {webhook.Secrets.Previous}, previous_until_ms = {webhook.Secrets.PreviousUntil}, active = {webhook.Active},
                disabled_reason = {webhook.DisabledReason}, failing_since_ms = {webhook.FailingSince},
                failure_count = {webhook.FailureCount}, updated_ms = {webhook.UpdatedAt}
            where id = {webhook.Id}
            """,
            ct);
        await UnsubscribeAsync(tx, webhook.Id, ct);
        if (webhook.Active) await SubscribeAsync(tx, webhook, ct);
    }

    /// <summary>Ends one. Its secrets go at once, its deliveries and the row when they are swept.</summary>
    internal static async Task DeleteAsync(DbTx tx, Id<Webhook> id, DateTimeOffset now, CancellationToken ct)
    {
        await tx.ExecuteAsync(
            $"update webhooks set deleted_ms = {now}, active = {false}, secret = '', previous_secret = null, previous_until_ms = null where id = {id}", ct);
        await UnsubscribeAsync(tx, id, ct);
    }

    /// <summary>Deletes some deliveries of deleted webhooks, and webhooks that have none left.</summary>
    /// <returns>How many rows; 0 when none is left.</returns>
    public static async Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            delete from webhook_deliveries where id in (
                select d.id from webhooks w join webhook_deliveries d on d.webhook_id = w.id where w.deleted_ms is not null limit {PerSweep})
            """,
            ct)
        + await tx.ExecuteAsync(
            $"""
            delete from webhooks where deleted_ms is not null and deleted_ms < {now.AddMinutes(-1)}
              and not exists (select 1 from webhook_deliveries d where d.webhook_id = webhooks.id)
            """, // a dispatcher may just be queueing what it had found before
            ct);

    /// <summary>An attempt succeeded: whatever failed before it counts no more.</summary>
    internal static Task RecoveredAsync(DbTx tx, Id<Webhook> id, CancellationToken ct) =>
        tx.ExecuteAsync($"update webhooks set failing_since_ms = null, failure_count = 0 where id = {id}", ct);

    /// <summary>So many attempts failed, the first of them at <paramref name="since"/>, and none succeeded.</summary>
    internal static Task FailingAsync(DbTx tx, Id<Webhook> id, DateTimeOffset since, int count, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"update webhooks set failing_since_ms = coalesce(failing_since_ms, {since}), failure_count = failure_count + {count} where id = {id}", ct);

    /// <summary>Switches one off that has been failing since <paramref name="before"/> or longer.</summary>
    /// <returns>Whether it was this call.</returns>
    internal static async Task<bool> DisableAsync(DbTx tx, Id<Webhook> id, DateTimeOffset before, string reason, DateTimeOffset now, CancellationToken ct)
    {
        var disabled = await tx.ExecuteAsync(
            $"""
            update webhooks set active = {false}, disabled_reason = {reason}, updated_ms = {now}
            where id = {id} and active = {true} and failing_since_ms <= {before}
            """,
            ct) == 1;
        if (disabled) await UnsubscribeAsync(tx, id, ct);
        return disabled;
    }

    /// <summary>Webhooks whose secrets were encrypted some time ago: all, a part at a time, for whoever renews them.</summary>
    internal static Task<List<Webhook>> AfterAsync(DbSession db, string id, int most, CancellationToken ct) =>
        db.ListAsync($"select {Webhook.Columns} from webhooks where id > {id} and deleted_ms is null order by id limit {most}", Webhook.Read, ct);

    /// <summary>Replaces the encrypted secrets by the same under the current key, if they have not changed meanwhile.</summary>
    internal static Task RenewAsync(DbTx tx, Webhook webhook, SealedSecrets renewed, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update webhooks set secret = {renewed.Current}, previous_secret = {renewed.Previous}
            where id = {webhook.Id} and secret = {webhook.Secrets.Current} and deleted_ms is null
            """,
            ct);

    private static Task<int> UnsubscribeAsync(DbTx tx, Id<Webhook> id, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from webhook_subscriptions where webhook_id = {id}", ct);

    private static async Task SubscribeAsync(DbTx tx, Webhook webhook, CancellationToken ct)
    {
        foreach (var type in webhook.Events)
        {
            await tx.LaterAsync(
                $"insert into webhook_subscriptions (organization_id, type, webhook_id) values ({webhook.Organization}, {type}, {webhook.Id})", ct);
        }
    }
}
