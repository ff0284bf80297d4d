using System.Diagnostics.Metrics;
using Credence.Storage;

namespace Credence.Telemetry;

/// <summary>What is told of mail and short messages (contract identity B.9).</summary>
public sealed partial class Metrics
{
    /// <summary>The label of what an administrator sends to try a provider.</summary>
    public const string TestMessage = "test";

    /// <summary>What became of an attempt to send a message.</summary>
    public enum MessageResult
    {
        /// <summary>The provider took it.</summary>
        Sent,

        /// <summary>It failed and is tried again.</summary>
        Failed,

        /// <summary>It failed for the last time.</summary>
        GivenUp,
    }

    /// <summary>An attempt to send a message ended.</summary>
    /// <param name="isMail">Whether it was a mail; else it was a short message.</param>
    /// <param name="template">Its template, without a language.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="times">How many; 0 makes the series visible.</param>
    public void MessageSent(bool isMail, string template, MessageResult result, int times = 1) =>
        (isMail ? _messages.Mails : _messages.Texts).Add(times, new("template", template), new("result", Words.Of(result)));

    /// <summary>Makes the series of these templates visible at 0.</summary>
    public void PrimeMessages(IEnumerable<string> mails, IEnumerable<string> texts)
    {
        foreach (var result in Enum.GetValues<MessageResult>())
        {
            foreach (var mail in mails) MessageSent(isMail: true, mail, result, times: 0);
            foreach (var text in texts) MessageSent(isMail: false, text, result, times: 0);
        }
    }

    /// <summary>Tells how the messages that wait are counted; asked once per scrape.</summary>
    public void FollowQueues(Func<CancellationToken, Task<long>> mails, Func<CancellationToken, Task<long>> texts) =>
        (_messages.WaitingMails.Source, _messages.WaitingTexts.Source) = (mails, texts);

    /// <summary>The instruments.</summary>
    private sealed class MessageInstruments
    {
        public MessageInstruments(Meter meter)
        {
            Mails = meter.CreateCounter<long>("identity_mail_send_total", null, "Attempts to send a mail by template and outcome");
            Texts = meter.CreateCounter<long>("identity_sms_send_total", null, "Attempts to send a short message by template and outcome");
            meter.CreateObservableGauge("identity_queue_depth", () => WaitingMails.Known(Queue("mail")).Concat(WaitingTexts.Known(Queue("sms"))), null, "Messages that wait to be sent");
        }

        public Counter<long> Mails { get; }

        public Counter<long> Texts { get; }

        public FollowedGauge WaitingMails { get; } = new();

        public FollowedGauge WaitingTexts { get; } = new();

        private static KeyValuePair<string, object?> Queue(string name) => new("queue", name);
    }
}
