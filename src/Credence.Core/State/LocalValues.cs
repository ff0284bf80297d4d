using System.Collections.Concurrent;

namespace Credence.State;

/// <summary>Values that one caller leaves in this process and another takes, each once.</summary>
public sealed class LocalValues
{
    private const int Most = 100_000; // about 50 MB; strangers can make values be left, so there must be a bound

    private readonly ConcurrentDictionary<string, (string Value, DateTimeOffset Until)> _left = new(StringComparer.Ordinal);
    private long _sweptAt;
    private int _count; // the dictionary's own Count takes all its locks

    /// <summary>Leaves a value.</summary>
    /// <returns>False when there are too many, or there is one under this key.</returns>
    public bool Leave(string key, string value, TimeSpan life, DateTimeOffset now)
    {
        Sweep(now);
        if (Volatile.Read(ref _count) >= Most || !_left.TryAdd(key, (value, now + life))) return false;
        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Takes a value: of any number of callers one gets it.</summary>
    public string? Take(string key, DateTimeOffset now)
    {
        if (!_left.TryRemove(key, out var found)) return null;
        Interlocked.Decrement(ref _count);
        return found.Until > now ? found.Value : null;
    }

    /// <summary>Every ten seconds at most: drops what nobody came for.</summary>
    private void Sweep(DateTimeOffset now)
    {
        var tick = now.ToUnixTimeSeconds() / 10;
        if (Interlocked.Exchange(ref _sweptAt, tick) == tick) return;
        foreach (var left in _left)
        {
            if (left.Value.Until <= now && _left.TryRemove(left)) Interlocked.Decrement(ref _count);
        }
    }
}
