namespace Credence.Billing;

/// <summary>What this room refuses.</summary>
public static class BillingFailures
{
    /// <summary>The settings for Stripe are missing.</summary>
    public static readonly Failure NotConfigured = new(FailureKind.Unavailable, "SERVICE_UNAVAILABLE", "Billing is not configured on this server");

    /// <summary>Stripe did not answer, or refused what this server asked.</summary>
    public static readonly Failure StripeAway = new(FailureKind.Unavailable, "SERVICE_UNAVAILABLE", "The payment service did not answer; try again later");

    /// <summary>Nothing was ever bought.</summary>
    public static readonly Failure NoCustomer = Failure.Invalid("This organization has no billing account yet: begin with a checkout");

    /// <summary>The event was not signed by Stripe, or too long ago.</summary>
    public static readonly Failure BadSignature = Failure.Invalid("The stripe-signature header does not match this body, or is older than five minutes");

    /// <summary>The event lacks what its kind must have.</summary>
    public static readonly Failure BadEvent = Failure.Invalid("This is no event as Stripe sends them");

    /// <summary>The event names an organization that is not here.</summary>
    public static readonly Failure UnknownOrganization = Failure.Invalid("The checkout's metadata names no organization of this server");

    /// <summary>Downgrading whoever pays for something unknown would be wrong, so that Stripe sends the event again until the settings know the price.</summary>
    public static readonly Failure UnknownPrice = Failure.Invalid(
        "The subscription's price is neither STRIPE_PRICE_PRO nor STRIPE_PRICE_ENTERPRISE: nothing was changed");
}
