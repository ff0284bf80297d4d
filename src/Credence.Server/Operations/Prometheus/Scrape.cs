using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Credence.Telemetry;

namespace Credence.Server.Operations.Prometheus;

/// <summary>Listens to the instruments of <see cref="Metrics"/> from the start, and writes what they have told whenever it is asked.</summary>
internal sealed class Scrape : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Family> _families = new();
    private readonly Lock _writing = new();

    /// <summary>Listens to <paramref name="metrics"/> from now on.</summary>
    public Scrape(Metrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, metrics.Meter)) return;
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, Family.Of));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.Start();
        metrics.Prime();
    }

    /// <summary>All families as Prometheus text.</summary>
    public byte[] Write()
    {
        lock (_writing)
        {
            foreach (var family in _families.Values) family.Forget();
            _listener.RecordObservableInstruments();
            var text = new PrometheusText();
            foreach (var (_, family) in _families.OrderBy(entry => entry.Key.Name, StringComparer.Ordinal)) family.Write(text);
            ProcessFamilies.Write(text);
            return text.ToBytes();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
