using System.Collections.Concurrent;

namespace Credence.Telemetry;

/// <summary>Bounds how many values a label may take: the first <paramref name="most"/> keep their name, later ones are <c>other</c> (contract operations O44).</summary>
internal sealed class CappedLabel(int most)
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private int _taken;

    /// <summary>The label value for <paramref name="id"/>.</summary>
    public string Of(string id)
    {
        if (_known.ContainsKey(id)) return id;
        if (Volatile.Read(ref _taken) >= most) return "other";
        if (!_known.TryAdd(id, true)) return id;
        if (Interlocked.Increment(ref _taken) <= most) return id;
        _known.TryRemove(id, out _); // another new id took the last place meanwhile
        return "other";
    }
}
