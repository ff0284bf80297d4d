using System.Text;
using Credence.Audit;
using Credence.Billing;
using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Billing;

public sealed class TakeInStripeEventTests
{
    [Theory, EachEngine]
    public async Task Whatever_the_order_events_arrive_in_their_own_order_stands(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var stripe = new StripeEvents(world, World.StripeSecret);
        var number = 0;
        foreach (var order in Permutations([0, 1, 2, 3]))
        {
            var (caller, _) = await world.OrganizationAsync("Example Co");
            var id = $"sub_{++number}";
            byte[][] events =
            [
                stripe.Checkout(caller.Organization, "pro", id, 1),
                stripe.Updated(id, "price_pro", "active", 2, periodEnd: 1_800_000_000),
                stripe.PaymentFailed(id, 3),
                stripe.Updated(id, "price_enterprise", "active", 4, periodEnd: 1_900_000_000),
            ];
            foreach (var at in order) Assert.True((await stripe.SendAsync(events[at])).Succeeded);
            Assert.Equal((Plan.Enterprise, "active", 1_900_000_000), await StandsAsync(world, caller));
        }
    }

    [Theory, EachEngine]
    public async Task The_end_of_a_subscription_is_its_last_word(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var stripe = new StripeEvents(world, World.StripeSecret);
        var number = 0;
        foreach (var order in Permutations([0, 1, 2]))
        {
            var (caller, _) = await world.OrganizationAsync("Example Co");
            var id = $"sub_{++number}";
            byte[][] events = [stripe.Checkout(caller.Organization, "pro", id, 1), stripe.Deleted(id, 2), stripe.Updated(id, "price_pro", "active", 2)];
            foreach (var at in order) Assert.True((await stripe.SendAsync(events[at])).Succeeded);
            Assert.Equal((Plan.Free, "canceled", 1_900_000_000), await StandsAsync(world, caller));
        }
    }

    [Theory, EachEngine]
    public async Task An_event_that_comes_twenty_times_at_once_counts_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var stripe = new StripeEvents(world, World.StripeSecret);
        var checkout = stripe.Checkout(world.Caller.Organization, "pro", "sub_1", 1);

        var answers = await World.AllAtOnceAsync(20, number => stripe.SendAsync(checkout, number % 2 == 0 ? world : other));

        Assert.All(answers, answer => Assert.True(answer.Succeeded));
        await world.Get<SealAudit>().RunAsync(World.Ct);
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from audit_entries where body like '%subscription.changed%'"));
        Assert.Equal((Plan.Pro, "active", null), await StandsAsync(world, world.Caller));

        var sameId = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(checkout).Replace("\"pro\"", "\"enterprise\"", StringComparison.Ordinal));
        Assert.True((await stripe.SendAsync(sameId)).Succeeded);
        Assert.Equal((Plan.Pro, "active", null), await StandsAsync(world, world.Caller));
    }

    [Theory, EachEngine]
    public async Task An_unknown_price_changes_nothing_and_is_taken_in_once_it_is_known(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var stripe = new StripeEvents(world, World.StripeSecret);
        await stripe.SendAsync(stripe.Checkout(world.Caller.Organization, "pro", "sub_1", 1));
        var unknown = stripe.Updated("sub_1", "price_new", "active", 2);
        Assert.Equal(BillingFailures.UnknownPrice, (await stripe.SendAsync(unknown)).Failure);
        Assert.Equal((Plan.Pro, "active", null), await StandsAsync(world, world.Caller));

        world.Get<BillingOptions>().PriceEnterprise = "price_new";
        Assert.True((await stripe.SendAsync(unknown)).Succeeded);
        Assert.Equal((Plan.Enterprise, "active", 1_900_000_000), await StandsAsync(world, world.Caller));
    }

    [Theory, EachEngine]
    public async Task A_failed_payment_keeps_the_plan_and_an_unpaid_subscription_does_not(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var stripe = new StripeEvents(world, World.StripeSecret);
        await stripe.SendAsync(stripe.Checkout(world.Caller.Organization, "pro", "sub_1", 1));
        await stripe.SendAsync(stripe.PaymentFailed("sub_1", 2));
        Assert.Equal((Plan.Pro, "past_due", null), await StandsAsync(world, world.Caller));
        await stripe.SendAsync(stripe.Updated("sub_1", "price_pro", "unpaid", 3));
        Assert.Equal((Plan.Free, "unpaid", 1_900_000_000), await StandsAsync(world, world.Caller));
    }

    [Theory, EachEngine]
    public async Task A_plan_reaches_the_other_node_when_it_hears_of_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        Assert.Equal(Plan.Free, await PlanAtAsync(other));
        var stripe = new StripeEvents(world, World.StripeSecret);
        await stripe.SendAsync(stripe.Checkout(world.Caller.Organization, "pro", "sub_1", 1));

        await other.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(Plan.Pro, await PlanAtAsync(other));
        Assert.Equal(Plan.Pro, await PlanAtAsync(world));

        async Task<Plan> PlanAtAsync(World node) => (await node.Get<FindCaller>().RunAsync(world.ApiKey, World.Ct)).Value.Plan;
    }

    [Fact]
    public async Task A_checkout_of_another_organization_or_none_is_refused()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        var stripe = new StripeEvents(world, World.StripeSecret);
        Assert.Equal(BillingFailures.UnknownOrganization, (await stripe.SendAsync(stripe.Checkout(Id<Organization>.New(world.Now), "pro", "sub_1", 1))).Failure);
        Assert.Equal(BillingFailures.UnknownOrganization, (await stripe.SendAsync(stripe.Checkout(world.Caller.Organization, "gold", "sub_1", 1))).Failure);
        Assert.Equal(BillingFailures.BadEvent, (await stripe.SendAsync(stripe.Make("customer.subscription.updated", 1, new { id = "sub_1" }))).Failure);
        Assert.True((await stripe.SendAsync(stripe.Make("charge.succeeded", 1, new { id = "ch_1" }))).Succeeded);
    }

    [Fact]
    public async Task Only_what_stripe_signed_within_five_minutes_is_taken_in()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        var stripe = new StripeEvents(world, World.StripeSecret);
        var body = stripe.Checkout(world.Caller.Organization, "pro", "sub_1", 1);
        var good = stripe.Sign(body);
        string[] bad =
        [
            "", "t=", "v1=", good.Replace("t=", "t=1", StringComparison.Ordinal), good.Replace("v1=", "v0=", StringComparison.Ordinal), good.ToUpperInvariant(),
            stripe.Sign(body, with: "whsec_another_secret_0001"), stripe.Sign(stripe.Deleted("sub_1", 1)),
            stripe.Sign(body, age: TimeSpan.FromSeconds(301)), stripe.Sign(body, age: TimeSpan.FromSeconds(-301)), "t=99999999999999999999,v1=00",
        ];
        foreach (var header in bad.Append(null)) Assert.Equal(BillingFailures.BadSignature, (await world.Get<TakeInStripeEvent>().RunAsync(header, body, World.Ct)).Failure);

        var rotated = stripe.Sign(body, with: "whsec_another_secret_0001") + "," + good.Split(',')[1];
        Assert.True((await world.Get<TakeInStripeEvent>().RunAsync(rotated, body, World.Ct)).Succeeded);
        Assert.True((await world.Get<TakeInStripeEvent>().RunAsync(stripe.Sign(body, age: TimeSpan.FromSeconds(299)), body, World.Ct)).Succeeded);
    }

    private static async Task<(Plan Plan, string Status, long? PeriodEnd)> StandsAsync(World world, ApiCaller caller)
    {
        var subscription = (await SubscriptionStore.FindAsync(world.Db, caller.Organization, World.Ct))!;
        Assert.Equal(subscription.Plan, (await OrganizationStore.FindAsync(world.Db, caller.Organization, World.Ct))!.Plan);
        return (subscription.Plan, subscription.Status, subscription.CurrentPeriodEnd?.ToUnixTimeSeconds());
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));
}
