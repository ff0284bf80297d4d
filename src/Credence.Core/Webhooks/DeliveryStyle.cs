using Credence.Events;

namespace Credence.Webhooks;

/// <summary>What a door promises those whom it tells of events: which, in what words, signed how, and how often it tries. The queue and the sending are one for all.</summary>
internal abstract class DeliveryStyle
{
    private static readonly DeliveryStyle Grants = new GrantsStyle();
    private static readonly DeliveryStyle Agents = new AgentsStyle();

    /// <summary>How many retries follow the first attempt at most.</summary>
    public abstract int Retries { get; }

    /// <summary>What a delivery is whose last attempt failed.</summary>
    public abstract DeliveryStatus GivenUp { get; }

    /// <summary>What the sender calls itself.</summary>
    public abstract string UserAgent { get; }

    /// <summary>The style of a door.</summary>
    public static DeliveryStyle Of(EventDoor door) => door == EventDoor.Agents ? Agents : Grants;

    /// <summary>The body that tells of an event.</summary>
    public abstract string Envelope(Event happened);

    /// <summary>The headers of an attempt; <paramref name="secrets"/> sign, the current one first.</summary>
    public abstract IEnumerable<KeyValuePair<string, string>> Headers(IReadOnlyList<WebhookSecret> secrets, Delivery delivery, DateTimeOffset at);

    /// <summary>When a delivery that has now failed <paramref name="failures"/> times is tried again.</summary>
    public abstract DateTimeOffset RetryAt(int failures, WebhookOptions options, DateTimeOffset now);

    /// <summary>The grants door (contract grantex-core 8, operations O27).</summary>
    private sealed class GrantsStyle : DeliveryStyle
    {
        public override int Retries => WebhookOptions.Retries;

        public override DeliveryStatus GivenUp => DeliveryStatus.Failed;

        public override string UserAgent => WebhookSignatures.UserAgent;

        public override string Envelope(Event happened) => happened.Envelope();

        public override IEnumerable<KeyValuePair<string, string>> Headers(IReadOnlyList<WebhookSecret> secrets, Delivery delivery, DateTimeOffset at) =>
            WebhookSignatures.Headers(secrets, delivery.Event.ToString(), delivery.Body, at);

        public override DateTimeOffset RetryAt(int failures, WebhookOptions options, DateTimeOffset now) => options.RetryAt(failures, now);
    }
}
