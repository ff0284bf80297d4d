using Credence.Organizations;

namespace Credence.Billing;

/// <summary>Stripe, as the settings give it; whatever is missing answers "not configured" where it is needed (contract operations O13).</summary>
public sealed class BillingOptions
{
    /// <summary><c>STRIPE_SECRET_KEY</c>: what this server calls Stripe with.</summary>
    public string? SecretKey { get; set; }

    /// <summary><c>STRIPE_WEBHOOK_SECRET</c>: what Stripe signs its events with.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary><c>STRIPE_PRICE_PRO</c>: the id of the pro plan's price.</summary>
    public string? PricePro { get; set; }

    /// <summary><c>STRIPE_PRICE_ENTERPRISE</c>: the id of the enterprise plan's price.</summary>
    public string? PriceEnterprise { get; set; }

    /// <summary><c>STRIPE_API_BASE</c>: where Stripe's HTTP API is.</summary>
    public string ApiBase { get; set; } = "https://api.stripe.com";

    /// <summary>The price of a plan, or null when none is set.</summary>
    internal string? PriceOf(Plan plan) => plan switch
    {
        Plan.Pro => PricePro,
        Plan.Enterprise => PriceEnterprise,
        _ => null,
    };

    /// <summary>The plan of a price, or null for a price that is not ours.</summary>
    internal Plan? PlanOf(string price) => price == PricePro ? Plan.Pro : price == PriceEnterprise ? Plan.Enterprise : null;
}
