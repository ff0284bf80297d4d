namespace Credence.Server.Hosting.Settings;

/// <summary>The operator's key, and Stripe; what is absent answers "not configured" where it is needed (contract operations O13).</summary>
internal static class BillingSettings
{
    public static readonly Setting<string?> AdminApiKey = new("ADMIN_API_KEY", Forms.ApiKey)
    {
        OrFile = true,
        Form = "16 to 512 characters without white space",
        About = "The bearer that `/v1/admin` demands. Unset: those routes answer 503.",
        Mask = Masks.Whole,
    };

    public static readonly Setting<string?> StripeSecretKey = Secret("STRIPE_SECRET_KEY", "What this server calls Stripe with. Unset: checkout and portal answer 503.");

    public static readonly Setting<string?> StripeWebhookSecret = Secret("STRIPE_WEBHOOK_SECRET", "What Stripe signs its events with. Unset: `/v1/billing/webhook` answers 503.");

    public static readonly Setting<string?> StripePricePro = Price("STRIPE_PRICE_PRO", "pro");

    public static readonly Setting<string?> StripePriceEnterprise = Price("STRIPE_PRICE_ENTERPRISE", "enterprise");

    public static readonly Setting<string> StripeApiBase = new("STRIPE_API_BASE", Forms.HttpAddress)
    {
        Form = "an http or https address",
        Default = "https://api.stripe.com",
        About = "Where Stripe's HTTP API is; another address for tests.",
    };

    public static readonly SettingGroup Group = new(
        "Administration and billing", [AdminApiKey, StripeSecretKey, StripeWebhookSecret, StripePricePro, StripePriceEnterprise, StripeApiBase]);

    private static Setting<string?> Secret(string name, string about) => new(name, Forms.ApiKey)
    {
        OrFile = true,
        Form = "16 to 512 characters without white space",
        About = about,
        Mask = Masks.Whole,
    };

    private static Setting<string?> Price(string name, string plan) => new(name, Forms.Text)
    {
        Form = "a price id of Stripe's",
        About = $"The price of the {plan} plan.",
    };
}
