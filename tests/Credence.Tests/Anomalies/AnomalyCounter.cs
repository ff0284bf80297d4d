using System.Diagnostics.Metrics;
using Credence.Telemetry;
using Credence.Tests.Support;

namespace Credence.Tests.Anomalies;

/// <summary>Counts what <c>grantex_anomalies_detected_total</c> counts, on some nodes together.</summary>
internal sealed class AnomalyCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public AnomalyCounter(params World[] nodes)
    {
        var meters = nodes.Select(node => node.Get<Metrics>().Meter).ToList();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "grantex_anomalies_detected_total" && meters.Contains(instrument.Meter)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _count, value));
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
