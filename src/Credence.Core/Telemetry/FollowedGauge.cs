using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>A gauge of something stored, looked up for each scrape; left out where that did not work.</summary>
internal sealed class FollowedGauge
{
    private const long Unknown = -1;

    private long _value = Unknown;

    /// <summary>How it is looked up; null when nobody said.</summary>
    public Func<CancellationToken, Task<long>>? Source { get; set; }

    /// <summary>Forgets the value of the last scrape.</summary>
    public void Forget() => Interlocked.Exchange(ref _value, Unknown);

    /// <summary>Looks it up.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        if (Source is { } source) Interlocked.Exchange(ref _value, await source(ct));
    }

    /// <summary>The value, where it is known, under the labels it has.</summary>
    public IEnumerable<Measurement<long>> Known(params KeyValuePair<string, object?>[] labels)
    {
        var value = Interlocked.Read(ref _value);
        return value == Unknown ? [] : [new Measurement<long>(value, labels)];
    }
}
