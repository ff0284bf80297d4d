using Credence.Organizations;
using Credence.Storage;

namespace Credence.Billing;

/// <summary>Subscriptions in the database, and what Stripe said of them.</summary>
public static class SubscriptionStore
{
    /// <summary>How long an event's id is remembered; Stripe sends one again for three days.</summary>
    private static readonly TimeSpan EventsKept = TimeSpan.FromDays(30);

    /// <summary>An organization's subscription, or null.</summary>
    public static Task<Subscription?> FindAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.FirstAsync($"select {Subscription.Columns} from subscriptions where organization_id = {organization}", Subscription.Read, ct);

    /// <summary>The organization that a checkout linked to a subscription of Stripe's, or null.</summary>
    internal static Task<Subscription?> FindByStripeAsync(DbSession db, string stripeSubscription, CancellationToken ct) =>
        db.FirstAsync($"select {Subscription.Columns} from subscriptions where stripe_subscription_id = {stripeSubscription}", Subscription.Read, ct);

    /// <summary>Writes one, new or not. The caller holds the organization's row.</summary>
    internal static Task SaveAsync(DbTx tx, Subscription subscription, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            insert into subscriptions (organization_id, plan, status, current_period_end_ms, stripe_customer_id, stripe_subscription_id, stripe_plan, linked_by, updated_ms)
            values ({subscription.Organization}, {subscription.Plan}, {subscription.Status}, {subscription.CurrentPeriodEnd}, {subscription.StripeCustomer},
                {subscription.StripeSubscription}, {subscription.StripePlan}, {subscription.LinkedBy}, {now})
            on conflict (organization_id) do update set plan = excluded.plan, status = excluded.status, current_period_end_ms = excluded.current_period_end_ms,
                stripe_customer_id = excluded.stripe_customer_id, stripe_subscription_id = excluded.stripe_subscription_id,
                stripe_plan = excluded.stripe_plan, linked_by = excluded.linked_by, updated_ms = excluded.updated_ms
            """,
            ct);

    /// <summary>What Stripe said of a subscription; until <paramref name="tx"/> ends, nobody else adds to it.</summary>
    internal static async Task<StripeSubscription> HoldStripeAsync(DbTx tx, string id, CancellationToken ct) =>
        (await tx.FirstAsync(
            $"""
            insert into stripe_subscriptions (id, described_by, status_by) values ({id}, '', '')
            on conflict (id) do update set id = excluded.id returning {StripeSubscription.Columns}
            """,
            StripeSubscription.Read, ct))!;

    /// <summary>Writes what Stripe said.</summary>
    internal static Task SaveStripeAsync(DbTx tx, StripeSubscription said, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            update stripe_subscriptions set plan = {said.Plan}, current_period_end_ms = {said.CurrentPeriodEnd}, described_by = {said.DescribedBy},
                status = {said.Status}, status_by = {said.StatusBy}
            where id = {said.Id}
            """,
            ct);

    /// <summary>Takes an event in, once.</summary>
    /// <returns>False when it was before.</returns>
    internal static async Task<bool> AddEventAsync(DbTx tx, string id, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"insert into stripe_events (id, received_ms) values ({id}, {now}) on conflict (id) do nothing", ct) == 1;

    /// <summary>Forgets ids of events that Stripe no longer sends.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from stripe_events where received_ms < {now - EventsKept}", ct);
}
