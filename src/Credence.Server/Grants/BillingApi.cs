using System.Text.Json.Serialization;
using Credence.Billing;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/billing</c>: what the organization subscribed to, and the ways to Stripe (contract grantex-enterprise 5).</summary>
internal static class BillingApi
{
    private const string SignatureHeader = "stripe-signature";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/billing/subscription", RouteFacts.Read, Get);
        routes.MapPost("/v1/billing/checkout", Checkout);
        routes.MapPost("/v1/billing/portal", Portal);
        routes.MapPost("/v1/billing/webhook", TakeIn).NeedsNoKey();
    }

    private static async Task<IResult> Get(GrantsCall call, Db db, CancellationToken ct)
    {
        var subscription = await SubscriptionStore.FindAsync(db, call.Caller.Organization, ct) ?? Subscription.NoneOf(call.Caller.Organization);
        return Answers.Ok(SubscriptionShape.Of(subscription), GrantsJson.Wire.SubscriptionShape);
    }

    private static async Task<IResult> Checkout(GrantsCall call, BeginCheckout checkout, CancellationToken ct)
    {
        var plan = call.Body.WordOrNull("plan", Plan.Pro, Plan.Enterprise);
        if (plan is null) call.Body.Refuse("plan", "must be one of pro, enterprise");
        var (success, cancel) = (Address(call.Body, "successUrl"), Address(call.Body, "cancelUrl"));
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await checkout.RunAsync(call.Caller, new BeginCheckout.Input(plan!.Value, success, cancel), ct)).Created(
            url => new CheckoutBegun(url), GrantsJson.Wire.CheckoutBegun);
    }

    private static async Task<IResult> Portal(GrantsCall call, OpenPortal portal, CancellationToken ct)
    {
        var back = Address(call.Body, "returnUrl");
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await portal.RunAsync(call.Caller, back, ct)).Created(url => new PortalOpened(url), GrantsJson.Wire.PortalOpened);
    }

    private static async Task<IResult> TakeIn(GrantsCall call, TakeInStripeEvent takeIn, CancellationToken ct)
    {
        var signature = call.Http.Request.Headers[SignatureHeader] is [{ } only] ? only : null;
        return (await takeIn.RunAsync(signature, call.RawBody, ct)).Ok(_ => new EventReceived(true), GrantsJson.Wire.EventReceived);
    }

    private static string Address(Fields body, string name) => body.WebAddressOrNull(name) ?? body.Refuse(name, "is required");

    /// <summary>What the organization subscribed to.</summary>
    internal sealed record SubscriptionShape(string Plan, string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? CurrentPeriodEnd)
    {
        public static SubscriptionShape Of(Subscription subscription) => new(
            Words.Of(subscription.Plan), subscription.Status, subscription.CurrentPeriodEnd?.Iso());
    }

    /// <summary>Where the browser goes to pay.</summary>
    internal sealed record CheckoutBegun(string CheckoutUrl);

    /// <summary>Where the browser goes to look after the subscription.</summary>
    internal sealed record PortalOpened(string PortalUrl);

    /// <summary>The event was taken in, now or before.</summary>
    internal sealed record EventReceived(bool Received);
}
