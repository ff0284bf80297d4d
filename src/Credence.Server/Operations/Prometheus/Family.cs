using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Credence.Server.Operations.Prometheus;

/// <summary>One instrument and its series.</summary>
internal sealed class Family(string name, string help, string type, double[] bounds)
{
    private readonly ConcurrentDictionary<Labels, Series> _series = new();

    /// <summary>The family of an instrument; its bucket bounds are its own advice.</summary>
    public static Family Of(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => new(
            instrument.Name, instrument.Description ?? "", "histogram", [.. histogram.Advice?.HistogramBucketBoundaries ?? []]),
        Counter<long> => new(instrument.Name, instrument.Description ?? "", "counter", []),
        _ => new(instrument.Name, instrument.Description ?? "", "gauge", []),
    };

    /// <summary>Takes a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels.Of(tags);
        if (!_series.TryGetValue(labels, out var series)) series = _series.GetOrAdd(labels, new Series(Written(tags), bounds));
        switch (type)
        {
            case "counter": series.Add(value); break;
            case "gauge": series.Set(value); break;
            default: series.Observe(value); break;
        }
    }

    /// <summary>Forgets the values of a gauge, which are told anew at each scrape.</summary>
    public void Forget()
    {
        if (type == "gauge") _series.Clear();
    }

    /// <summary>Writes the help, the type and every series.</summary>
    public void Write(PrometheusText text)
    {
        text.Family(name, help, type);
        foreach (var series in _series.Values.OrderBy(series => series.Labels, StringComparer.Ordinal))
        {
            if (type == "histogram") WriteHistogram(text, series);
            else text.Sample(name, series.Labels, series.Value);
        }
    }

    private static string Written(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>(tags.Length);
        foreach (var (key, value) in tags) labels.Add(PrometheusText.Label(key, value?.ToString() ?? ""));
        return string.Join(',', labels);
    }

    private void WriteHistogram(PrometheusText text, Series series)
    {
        var sum = series.Value;
        var counts = series.Counts();
        long total = 0;
        for (var at = 0; at < counts.Length; at++)
        {
            total += counts[at];
            var bound = PrometheusText.Label("le", at < bounds.Length ? PrometheusText.Number(bounds[at]) : "+Inf");
            text.Sample(name + "_bucket", series.Labels.Length > 0 ? $"{series.Labels},{bound}" : bound, total);
        }

        text.Sample(name + "_sum", series.Labels, sum);
        text.Sample(name + "_count", series.Labels, total);
    }
}
