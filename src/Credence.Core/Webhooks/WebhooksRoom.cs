using Credence.Events;
using Credence.Keys;
using Credence.Outgoing;
using Credence.State;
using Credence.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Webhooks;

/// <summary>What this room offers: webhooks, and their deliveries.</summary>
public static class WebhooksRoom
{
    /// <summary>Registers the room. <see cref="WebhookOptions"/> come from the host.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton(provider => new SecretBox(KeySources.Read(provider.GetRequiredService<KeyOptions>()).Wrap))
        .AddSingleton<CreateWebhook>()
        .AddSingleton<ChangeWebhook>()
        .AddSingleton<RotateWebhookSecret>()
        .AddSingleton<DeleteWebhook>()
        .AddSingleton<RedeliverEvent>()
        .AddSingleton<PingWebhook>()
        .AddSingleton<RenewSecrets>()
        .AddSingleton<DispatchStep>(QueueDeliveries.RunAsync)
        .AddSingleton<RecordAttempts>()
        .AddSingleton<DeliveryLane>()
        .AddSingleton(provider => new SendDelivery(
            new OutgoingClient(provider.GetRequiredService<WebhookOptions>().Rules),
            provider.GetRequiredService<SecretBox>(),
            provider.GetRequiredService<WebhookOptions>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new DeliverWebhooks(
            provider.GetRequiredService<Db>(),
            provider.GetRequiredService<ISharedState>(),
            provider.GetRequiredService<DeliveryLane>(),
            provider.GetRequiredService<WebhookOptions>(),
            provider.GetRequiredService<TimeProvider>()));
}
