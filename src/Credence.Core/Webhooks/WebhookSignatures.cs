using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Webhooks;

/// <summary>How an attempt is signed: the documented headers (contract grantex-core 8) and Standard Webhooks (contract standards 20) side by side.</summary>
public static class WebhookSignatures
{
    /// <summary>What the sender calls itself.</summary>
    internal const string UserAgent = "Grantex-Webhooks/0.1";

    /// <summary>When the attempt was made, in Unix seconds.</summary>
    public const string Timestamp = "X-Grantex-Timestamp";

    /// <summary><c>sha256=</c> and the hex HMAC-SHA256 of <c>timestamp.body</c>.</summary>
    public const string V2 = "X-Grantex-Signature-V2";

    /// <summary><c>sha256=</c> and the hex HMAC-SHA256 of the body: the same on every attempt.</summary>
    public const string V1 = "X-Grantex-Signature";

    /// <summary>The event's id, the same on every attempt.</summary>
    public const string StandardId = "webhook-id";

    /// <summary>When the attempt was made, in Unix seconds.</summary>
    public const string StandardTimestamp = "webhook-timestamp";

    /// <summary><c>v1,</c> and the base64 HMAC-SHA256 of <c>id.timestamp.body</c>, one for each secret, separated by spaces.</summary>
    public const string Standard = "webhook-signature";

    /// <summary>The headers of an attempt.</summary>
    /// <param name="secrets">What signs, the current secret first.</param>
    /// <param name="eventId">The event's id.</param>
    /// <param name="body">The body.</param>
    /// <param name="at">When the attempt is made.</param>
    /// <remarks>The documented headers hold one signature each. While two secrets sign it is the former's, which is the one every receiver has (decision 0016).</remarks>
    public static IEnumerable<KeyValuePair<string, string>> Headers(IReadOnlyList<WebhookSecret> secrets, string eventId, string body, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        yield return new(Timestamp, seconds);
        yield return new(V2, OfV2(secrets[^1], seconds, body));
        yield return new(V1, OfV1(secrets[^1], body));
        yield return new(StandardId, eventId);
        yield return new(StandardTimestamp, seconds);
        yield return new(Standard, string.Join(' ', secrets.Select(secret => OfStandard(secret, eventId, seconds, body))));
    }

    /// <summary>The value of <see cref="V2"/>.</summary>
    public static string OfV2(WebhookSecret secret, string seconds, string body) => Hex(secret.Key, $"{seconds}.{body}");

    /// <summary>The value of <see cref="V1"/>.</summary>
    public static string OfV1(WebhookSecret secret, string body) => Hex(secret.Key, body);

    /// <summary>One signature of <see cref="Standard"/>.</summary>
    public static string OfStandard(WebhookSecret secret, string eventId, string seconds, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret.StandardKey, Encoding.UTF8.GetBytes($"{eventId}.{seconds}.{body}")));

    private static string Hex(byte[] key, string text) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
