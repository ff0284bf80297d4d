using Credence.Keys;
using Credence.Messages;
using Credence.Outgoing;
using Credence.Storage;
using Credence.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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
        .AddSingleton<ChangeRule>()
        .AddSingleton<CreateChannel>()
        .AddSingleton<DeleteChannel>()
        .AddSingleton<RenewTargets>()
        .AddSingleton(provider => new SendAlert(
            new OutgoingClient(provider.GetRequiredService<WebhookOptions>().Rules),
            provider.GetRequiredService<Mailer>(),
            provider.GetRequiredService<ChannelBox>(),
            provider.GetRequiredService<WebhookOptions>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new DeliverAlerts(
            provider.GetRequiredService<Db>(),
            provider.GetRequiredService<SendAlert>(),
            provider.GetRequiredService<WebhookOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DeliverAlerts>>()));
}
