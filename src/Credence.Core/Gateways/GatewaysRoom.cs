using Microsoft.Extensions.DependencyInjection;

namespace Credence.Gateways;

/// <summary>The Gateways room's registrations.</summary>
public static class GatewaysRoom
{
    /// <summary>Adds what proxies ask.</summary>
    public static IServiceCollection AddGateways(this IServiceCollection services) => services
        .AddSingleton<ProtectedRoutes>()
        .AddSingleton<AdmitRequest>()
        .AddSingleton<AssertVisitor>()
        .AddSingleton<ReturnTickets>()
        .AddSingleton<OpenVisit>();
}
