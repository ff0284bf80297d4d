using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Credence.Events;
using Credence.Organizations;

namespace Credence.Webhooks;

/// <summary>The agents door's deliveries (contract agent-idp B.13); its ids are UUIDs.</summary>
internal sealed class AgentsStyle : DeliveryStyle
{
    /// <summary><c>t=</c> the Unix seconds, then <c>v1=</c> the hex HMAC-SHA-256 of <c>t.body</c>, one for each secret that signs.</summary>
    public const string Signature = "X-SentryAgent-Signature";

    /// <summary>The event's type.</summary>
    public const string EventType = "X-SentryAgent-Event";

    /// <summary>The delivery's id.</summary>
    public const string DeliveryId = "X-SentryAgent-Delivery";

    private const int Attempts = 10;
    private const int LongestWait = 3600;

    public override int Retries => Attempts - 1;

    public override DeliveryStatus GivenUp => DeliveryStatus.DeadLetter;

    public override string UserAgent => "Credence-Webhooks/1";

    public override string Envelope(Event happened) => Event.Object(json =>
    {
        json.WriteString("id", happened.Id.Value);
        json.WriteString("event", happened.Type);
        json.WriteString("timestamp", happened.CreatedAt.Iso());
        json.WriteString("organizationId", Id<Organization>.TryParse(happened.Organization, out var organization) ? organization.Value.ToString() : happened.Organization);
        json.WritePropertyName("data");
        json.WriteRawValue(happened.Data, skipInputValidation: true); // this server wrote it
    });

    public override IEnumerable<KeyValuePair<string, string>> Headers(IReadOnlyList<WebhookSecret> secrets, Delivery delivery, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        yield return new(Signature, $"t={seconds}," + string.Join(',', secrets.Select(secret => "v1=" + Sign(secret, seconds, delivery.Body))));
        yield return new(EventType, delivery.EventType);
        yield return new(DeliveryId, delivery.Id.Value.ToString());
    }

    /// <summary>After the n-th failure 2^n seconds, an hour at most, and up to a tenth more, so that what failed together does not come back together.</summary>
    public override DateTimeOffset RetryAt(int failures, WebhookOptions options, DateTimeOffset now)
    {
        var wait = Math.Min(LongestWait, Math.Pow(2, Math.Min(failures, 20)));
        return now.AddSeconds(wait).AddMilliseconds(RandomNumberGenerator.GetInt32((int)(wait * 100) + 1));
    }

    private static string Sign(WebhookSecret secret, string seconds, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(secret.Key, Encoding.UTF8.GetBytes($"{seconds}.{body}")));
}
