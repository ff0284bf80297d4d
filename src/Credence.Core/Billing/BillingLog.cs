using Microsoft.Extensions.Logging;

namespace Credence.Billing;

/// <summary>What this room logs.</summary>
internal static partial class BillingLog
{
    [LoggerMessage(2300, LogLevel.Warning, "Stripe's event {EventId} ({Type}) was not taken in: {Reason}")]
    public static partial void EventRefused(ILogger log, string eventId, string type, string reason);

    [LoggerMessage(2301, LogLevel.Warning, "Stripe did not do what it was asked at {Path}: {Reason}")]
    public static partial void StripeRefused(ILogger log, string path, string reason);
}
