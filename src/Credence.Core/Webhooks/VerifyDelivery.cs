using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Webhooks;

/// <summary>What a receiver finds when it looks at the signatures of a delivery.</summary>
/// <param name="Documented">Whether <c>X-Grantex-Signature-V2</c> is right (contract grantex-core 8).</param>
/// <param name="Standard">Whether one of <c>webhook-signature</c> is right (contract standards 20).</param>
/// <param name="Fresh">Whether it was signed within <see cref="VerifyDelivery.Tolerance"/>: an older one may be a copy.</param>
public sealed record DeliveryVerdict(bool Documented, bool Standard, bool Fresh)
{
    /// <summary>Whether a receiver should believe it.</summary>
    public bool Accepted => (Documented || Standard) && Fresh;
}

/// <summary>A receiver's side: whether a delivery comes from who has the secret.</summary>
public static class VerifyDelivery
{
    /// <summary>How far the clocks may be apart.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Looks at the headers of a delivery.</summary>
    /// <param name="secret">The webhook's secret, in either form.</param>
    /// <param name="header">A header's value by its name; empty when it is not there.</param>
    /// <param name="body">The body as it came.</param>
    /// <param name="now">The receiver's time.</param>
    public static DeliveryVerdict Run(WebhookSecret secret, Func<string, string> header, string body, DateTimeOffset now)
    {
        var seconds = header(WebhookSignatures.StandardTimestamp);
        var (id, standard) = (header(WebhookSignatures.StandardId), header(WebhookSignatures.Standard));
        return new DeliveryVerdict(
            IsSame(header(WebhookSignatures.V2), WebhookSignatures.OfV2(secret, header(WebhookSignatures.Timestamp), body)),
            standard.Split(' ').Any(one => IsSame(one, WebhookSignatures.OfStandard(secret, id, seconds, body))),
            IsNear(header(WebhookSignatures.Timestamp), now) && IsNear(seconds, now));
    }

    private static bool IsNear(string seconds, DateTimeOffset now) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && Math.Abs(now.ToUnixTimeSeconds() - at) <= Tolerance.TotalSeconds;

    private static bool IsSame(string given, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));
}
