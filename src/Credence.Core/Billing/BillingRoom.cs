using Microsoft.Extensions.DependencyInjection;

namespace Credence.Billing;

/// <summary>The Billing room's registrations.</summary>
internal static class BillingRoom
{
    /// <summary>Adds its operations.</summary>
    public static IServiceCollection AddBilling(this IServiceCollection services) => services
        .AddSingleton<StripeClient>()
        .AddSingleton<BeginCheckout>()
        .AddSingleton<OpenPortal>()
        .AddSingleton<TakeInStripeEvent>()
        .AddSingleton<SetPlan>();
}
