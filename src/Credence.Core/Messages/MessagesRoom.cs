using Credence.Configurations;
using Credence.Keys;
using Credence.Outgoing;
using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Credence.Messages;

/// <summary>What this room offers: mail and short messages, queued and sent.</summary>
public static class MessagesRoom
{
    /// <summary>Registers the room. <see cref="MailOptions"/> and <see cref="MessageOptions"/> come from the host.</summary>
    public static IServiceCollection AddMessages(this IServiceCollection services) => services
        .AddSingleton<ConfigurationGroup, MailGroup>()
        .AddSingleton<ConfigurationGroup, SmsGroup>()
        .AddSingleton(provider => new MessageBox(KeySources.Read(provider.GetRequiredService<KeyOptions>()).Wrap))
        .AddSingleton<SmtpSender>()
        .AddSingleton<DevelopmentOutbox>()
        .AddSingleton(provider => new Mailer(
            provider.GetRequiredService<MailOptions>(),
            provider.GetRequiredService<MessageOptions>(),
            provider.GetRequiredService<CurrentConfigurations>(),
            provider.GetRequiredService<CredentialBox>(),
            provider.GetRequiredService<SmtpSender>(),
            provider.GetRequiredService<DevelopmentOutbox>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new SmsSender(
            provider.GetRequiredService<CurrentConfigurations>(),
            provider.GetRequiredService<CredentialBox>(),
            new OutgoingClient(provider.GetRequiredService<MessageOptions>().SmsRules),
            provider.GetRequiredService<DevelopmentOutbox>(),
            provider.GetRequiredService<MessageOptions>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<SendMessage>()
        .AddSingleton(provider => new MessageQueue(provider.GetRequiredService<MessageBox>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new TryConfiguration(
            provider.GetRequiredService<SendMessage>(),
            provider.GetRequiredService<Mailer>(),
            provider.GetRequiredService<SmsSender>(),
            provider.GetRequiredService<Metrics>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new ReachProviders(provider.GetRequiredService<Mailer>(), provider.GetRequiredService<SmsSender>()))
        .AddSingleton(provider => new DeliverMessages(
            provider.GetRequiredService<Db>(),
            provider.GetRequiredService<ISharedState>(),
            provider.GetRequiredService<SendMessage>(),
            provider.GetRequiredService<MessageQueue>(),
            provider.GetRequiredService<MessageBox>(),
            provider.GetRequiredService<MessageOptions>(),
            provider.GetServices<AddressMessage>(),
            provider.GetServices<WhenGivenUp>(),
            provider.GetRequiredService<Metrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DeliverMessages>>()));

    /// <summary>Makes the counters visible at 0, and lets the gauge count what waits.</summary>
    public static void FollowMessages(this Metrics metrics, Db db)
    {
        metrics.PrimeMessages(MessageTemplates.Names(MessageChannel.Mail), MessageTemplates.Names(MessageChannel.Sms));
        metrics.FollowQueues(ct => MessageStore.CountAsync(db, MessageChannel.Mail, ct), ct => MessageStore.CountAsync(db, MessageChannel.Sms, ct));
    }
}
