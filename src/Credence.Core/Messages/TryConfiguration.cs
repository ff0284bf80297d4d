using Credence.Configurations;
using Credence.Telemetry;

namespace Credence.Messages;

/// <summary>Sends a message by what is configured, at once and without the queue, so that an administrator sees what the provider says (contract identity ID-51).</summary>
public sealed class TryConfiguration
{
    private static readonly Dictionary<string, string> Sample = new(StringComparer.Ordinal)
    {
        ["code"] = "123456",
        ["minutes"] = "10",
        ["link"] = "https://example.com/",
        ["name"] = "Ada",
    };

    private readonly SendMessage _send;
    private readonly Mailer _mailer;
    private readonly SmsSender _sms;
    private readonly Metrics _metrics;
    private readonly TimeProvider _clock;

    internal TryConfiguration(SendMessage send, Mailer mailer, SmsSender sms, Metrics metrics, TimeProvider clock) =>
        (_send, _mailer, _sms, _metrics, _clock) = (send, mailer, sms, metrics, clock);

    /// <param name="group"><c>MAIL</c> or <c>SMS</c>.</param>
    /// <param name="code">The provider itself, or the template to send.</param>
    /// <param name="to">An e-mail address, or a number in E.164.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What the provider calls the message. A refusal's code is its class of error.</returns>
    public async Task<Result<string>> RunAsync(string group, string code, string to, CancellationToken ct)
    {
        MessageChannel? channel = group switch { MailGroup.GroupName => MessageChannel.Mail, SmsGroup.GroupName => MessageChannel.Sms, _ => null };
        if (channel is not { } by) return ConfigurationFailures.NotFound;
        var isProvider = code == (by == MessageChannel.Mail ? MailGroup.Smtp : SmsGroup.Provider);
        if (!isProvider && !MessageTemplates.IsCode(by, code)) return ConfigurationFailures.NotFound;

        var id = Id<StoredMessage>.New(_clock.Now());
        var sent = isProvider ? await PlainAsync(by, id, to, ct) : await _send.RunAsync(id, new Message(by, to, code[..^3], code[^2..], Sample), ct);
        var result = sent.Succeeded ? Metrics.MessageResult.Sent : Metrics.MessageResult.Failed;
        _metrics.MessageSent(by == MessageChannel.Mail, isProvider ? Metrics.TestMessage : code[..^3], result);
        return sent;
    }

    private Task<Result<string>> PlainAsync(MessageChannel channel, Id<StoredMessage> id, string to, CancellationToken ct) => channel == MessageChannel.Mail
        ? _mailer.SendAsync(id.ToString(), [to], Metrics.TestMessage, new MailContent("Test", "This mail server works."), ct)
        : _sms.SendAsync(id.ToString(), to, Metrics.TestMessage, "Test: short messages work.", ct);
}
