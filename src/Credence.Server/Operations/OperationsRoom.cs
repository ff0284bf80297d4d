using Credence.Keys;
using Credence.Revocations;
using Credence.Server.Doors;
using Credence.Server.Operations.Prometheus;

namespace Credence.Server.Operations;

/// <summary>The operations door's registrations.</summary>
internal static class OperationsRoom
{
    /// <summary>Adds health, readiness and metrics.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<Probes>()
        .AddSingleton<Health>()
        .AddSingleton<Readiness>()
        .AddSingleton<Scrape>()
        .AddSingleton<MetricsApi>()
        .AddSingleton(provider => Ready("keys", () => provider.GetRequiredService<KeyRing>().IsReady))
        .AddSingleton(provider => Ready("revocations", () => provider.GetRequiredService<RevocationIndex>().IsFresh));

    private static ReadinessCheck Ready(string name, Func<bool> isReady) => new(name, _ => Task.FromResult(isReady()));
}
