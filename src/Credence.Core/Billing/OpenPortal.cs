using Credence.Organizations;
using Credence.Storage;

namespace Credence.Billing;

/// <summary>An organization goes to Stripe to look after its subscription.</summary>
public sealed class OpenPortal(Db db, StripeClient stripe, BillingOptions options)
{
    /// <returns>The address of the portal; or that nothing was ever bought, or Stripe is not configured or away.</returns>
    public async Task<Result<string>> RunAsync(ApiCaller caller, string returnUrl, CancellationToken ct)
    {
        if (options.SecretKey is null) return BillingFailures.NotConfigured;
        if (await SubscriptionStore.FindAsync(db, caller.Organization, ct) is not { StripeCustomer: { } customer }) return BillingFailures.NoCustomer;
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["customer"] = customer, ["return_url"] = returnUrl };
        return await stripe.PageAsync("/v1/billing_portal/sessions", form, ct);
    }
}
