using Credence.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Credence.State;

/// <summary>The State room's registrations.</summary>
public static class StateRoom
{
    /// <summary>Adds the state that nodes share: in Redis, or in this process when <paramref name="redis"/> is null (contract operations O6).</summary>
    /// <param name="services">The registrations.</param>
    /// <param name="redis">Where Redis is.</param>
    /// <param name="sharesWindows">Whether rate windows are there too, or with each process (contract agent-idp B.2).</param>
    public static IServiceCollection AddState(this IServiceCollection services, RedisUrl? redis, bool sharesWindows = true)
    {
        if (redis is null) return services.AddSingleton<ISharedState, EmbeddedState>();
        return services.AddSingleton<ISharedState>(provider => new RedisState(
            redis, provider.GetRequiredService<TimeProvider>(), RedisState.AnswerWithin, provider.GetRequiredService<ILogger<RedisState>>(),
            provider.GetService<Metrics>(), sharesWindows));
    }
}
