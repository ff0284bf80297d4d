using Credence.Keys;
using Credence.Messages;
using Credence.Outgoing;
using Credence.Storage;
using Credence.Telemetry;
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

    /// <summary>Makes the counter visible at 0 for whatever can be found, and lets the gauge count what nobody acknowledged.</summary>
    public static void FollowAnomalies(this Metrics metrics, Db db)
    {
        foreach (var kind in Detectors.Kinds.Concat(BuiltInRule.Kinds)) metrics.AnomalyDetected(kind.Type, Words.Of(kind.Severity), times: 0);
        foreach (var severity in Enum.GetValues<Severity>()) metrics.AnomalyDetected(RuleDetectors.Type, Words.Of(severity), times: 0);
        metrics.FollowUnacknowledgedAnomalies(ct => AnomalyStore.CountUnacknowledgedAsync(db, ct));
    }
}
