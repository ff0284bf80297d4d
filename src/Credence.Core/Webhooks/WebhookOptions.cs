using System.ComponentModel.DataAnnotations;
using Credence.Outgoing;

namespace Credence.Webhooks;

/// <summary>How webhooks are delivered (contract operations 5).</summary>
public sealed class WebhookOptions
{
    /// <summary><c>WEBHOOK_ALLOW_INSECURE_URLS</c>: whether plain http will do. For development (design D11).</summary>
    public bool AllowInsecureUrls { get; set; }

    /// <summary><c>WEBHOOK_ALLOW_PRIVATE_HOSTS</c>: whether addresses will do that are not public. For development (design D11).</summary>
    public bool AllowPrivateHosts { get; set; }

    /// <summary><c>WEBHOOK_FIRST_RETRY</c>: the rest after the first failed attempt; each further one is twice as long (O27).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary><c>WEBHOOK_LEASE</c>: after so long another node may send what a node has taken and not reported on (O30).</summary>
    [Range(typeof(TimeSpan), "00:00:15", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary><c>WEBHOOK_DISABLE_AFTER</c>: a webhook of which every attempt failed for so long is switched off.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary><c>WEBHOOK_CONCURRENCY</c>: how many webhooks a node serves at the same time.</summary>
    [Range(2, 1_000)]
    public int Concurrency { get; set; } = 32;

    /// <summary>Where deliveries may go.</summary>
    internal OutgoingRules Rules => new(AllowInsecureUrls, AllowPrivateHosts);

    /// <summary>How long one attempt may take (O26).</summary>
    internal TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest answer (contract grantex-core 8).</summary>
    internal const int LargestAnswer = 2 * 1024 * 1024;

    /// <summary>How many retries a delivery has (O27); a column, which an operator may change for one.</summary>
    internal const int Retries = 5;

    /// <summary>When a delivery that has now failed <paramref name="failures"/> times is tried again (O27).</summary>
    internal DateTimeOffset RetryAt(int failures, DateTimeOffset now) => now + (FirstRetry * Math.Pow(2, Math.Min(failures, 20) - 1));
}
