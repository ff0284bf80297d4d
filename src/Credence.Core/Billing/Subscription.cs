using Credence.Organizations;
using Credence.Storage;

namespace Credence.Billing;

/// <summary>What an organization subscribed to, or was given by an operator.</summary>
/// <param name="Organization">Whose it is.</param>
/// <param name="Plan">The plan that follows from it.</param>
/// <param name="Status"><c>active</c>, <c>past_due</c>, <c>canceled</c>, or what Stripe says (contract grantex-enterprise 5).</param>
/// <param name="CurrentPeriodEnd">Until when it is paid for, or null.</param>
/// <param name="StripeCustomer">Its customer at Stripe, or null.</param>
/// <param name="StripeSubscription">Its subscription at Stripe, or null.</param>
/// <param name="StripePlan">The plan that the checkout was for, until Stripe describes the subscription itself.</param>
/// <param name="LinkedBy">The checkout that linked it: of two, the later stands.</param>
public sealed record Subscription(
    Id<Organization> Organization,
    Plan Plan,
    string Status,
    DateTimeOffset? CurrentPeriodEnd,
    string? StripeCustomer,
    string? StripeSubscription,
    Plan? StripePlan,
    string? LinkedBy)
{
    /// <summary>The status of what counts.</summary>
    public const string Active = "active";

    /// <summary>The status of what is over.</summary>
    public const string Canceled = "canceled";

    /// <summary>An organization that never subscribed.</summary>
    public static Subscription NoneOf(Id<Organization> organization) => new(organization, Plan.Free, Active, null, null, null, null, null);

    internal static Sql Columns { get; } = Sql.Of(
        $"organization_id, plan, status, current_period_end_ms, stripe_customer_id, stripe_subscription_id, stripe_plan, linked_by");

    internal static Subscription Read(Row row) => new(
        row.Id<Organization>("organization_id"),
        row.Word<Plan>("plan"),
        row.Text("status"),
        row.TimeOrNull("current_period_end_ms"),
        row.TextOrNull("stripe_customer_id"),
        row.TextOrNull("stripe_subscription_id"),
        Words.Find<Plan>(row.TextOrNull("stripe_plan")),
        row.TextOrNull("linked_by"));
}

/// <summary>What Stripe last said of one of its subscriptions; each part has the place, in Stripe's order, of the event that said it.</summary>
/// <param name="Id">Stripe's id.</param>
/// <param name="Plan">The plan of its price; null until Stripe described it.</param>
/// <param name="CurrentPeriodEnd">Until when it is paid for.</param>
/// <param name="DescribedBy">The event that said both; empty when none has.</param>
/// <param name="Status">Its status; null until Stripe said one.</param>
/// <param name="StatusBy">The event that said so; empty when none has.</param>
internal sealed record StripeSubscription(
    string Id, Plan? Plan, DateTimeOffset? CurrentPeriodEnd, string DescribedBy, string? Status, string StatusBy)
{
    /// <summary>Nothing is known of it.</summary>
    public static StripeSubscription Unknown(string id) => new(id, null, null, "", null, "");

    public static Sql Columns { get; } = Sql.Of($"id, plan, current_period_end_ms, described_by, status, status_by");

    public static StripeSubscription Read(Row row) => new(
        row.Text("id"),
        Words.Find<Plan>(row.TextOrNull("plan")),
        row.TimeOrNull("current_period_end_ms"),
        row.Text("described_by"),
        row.TextOrNull("status"),
        row.Text("status_by"));
}
