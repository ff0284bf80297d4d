using Credence.Organizations;
using Credence.Storage;

namespace Credence.Billing;

/// <summary>An organization goes to Stripe to buy a plan.</summary>
public sealed class BeginCheckout(Db db, StripeClient stripe, BillingOptions options)
{
    /// <summary>What is bought, and where the browser goes afterwards.</summary>
    /// <param name="Plan">Which plan.</param>
    /// <param name="SuccessUrl">After it was bought.</param>
    /// <param name="CancelUrl">When it was not.</param>
    public sealed record Input(Plan Plan, string SuccessUrl, string CancelUrl);

    /// <returns>The address of the checkout; or that Stripe, or a price for the plan, is not configured, or Stripe is away.</returns>
    public async Task<Result<string>> RunAsync(ICaller caller, Input input, CancellationToken ct)
    {
        if (options.PriceOf(input.Plan) is not { } price) return BillingFailures.NotConfigured;
        var organization = caller.Organization.ToString();
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["mode"] = "subscription",
            ["line_items[0][price]"] = price,
            ["line_items[0][quantity]"] = "1",
            ["success_url"] = input.SuccessUrl,
            ["cancel_url"] = input.CancelUrl,
            ["client_reference_id"] = organization,
            ["metadata[developerId]"] = organization,
            ["metadata[plan]"] = Words.Of(input.Plan),
            ["subscription_data[metadata][developerId]"] = organization,
        };
        if (await SubscriptionStore.FindAsync(db, caller.Organization, ct) is { StripeCustomer: { } customer }) form["customer"] = customer;
        else if (await OrganizationStore.FindAsync(db, caller.Organization, ct) is { Email: { } email }) form["customer_email"] = email;
        return await stripe.PageAsync("/v1/checkout/sessions", form, ct);
    }
}
