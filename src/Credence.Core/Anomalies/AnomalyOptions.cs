using System.ComponentModel.DataAnnotations;

namespace Credence.Anomalies;

/// <summary>When anomalies are looked for (contract operations O31).</summary>
public sealed class AnomalyOptions
{
    /// <summary><c>ANOMALY_INTERVAL_SECONDS</c>: the time between rounds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}
