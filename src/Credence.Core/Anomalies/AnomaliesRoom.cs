using Credence.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Anomalies;

/// <summary>What this room offers: finding what is unusual, and telling of it.</summary>
public static class AnomaliesRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddAnomalies(this IServiceCollection services) => services
        .AddSingleton(provider => new ChannelBox(KeySources.Read(provider.GetRequiredService<KeyOptions>()).Wrap))
        .AddSingleton<AnnounceAnomalies>()
        .AddSingleton<DetectAnomalies>()
        .AddSingleton<AcknowledgeAnomaly>()
        .AddSingleton<CreateRule>()
        .AddSingleton<ChangeRule>();
}
