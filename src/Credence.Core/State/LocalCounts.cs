namespace Credence.State;

/// <summary>Numbers counted by this process: the embedded state's. Past a bound all are forgotten, which costs their callers a look into the database.</summary>
internal sealed class LocalCounts
{
    private const int Most = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Count, DateTimeOffset Until)> _counts = new(StringComparer.Ordinal);

    /// <summary>As <see cref="ISharedState.CountAsync"/>.</summary>
    public Counted Count(SharedCount what, int amount, long limit, long? known, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (Find(what.Key, now) is not { } count)
            {
                if (known is not { } stored) return new Counted(CountOutcome.Unknown, 0);
                count = stored;
                Set(what, count);
            }

            if (count + amount > limit) return new Counted(CountOutcome.Full, count);
            _counts[what.Key] = _counts[what.Key] with { Count = count + amount }; // what is there keeps the life it has
            return new Counted(CountOutcome.Counted, count + amount);
        }
    }

    /// <summary>As <see cref="ISharedState.RaiseAsync"/>.</summary>
    public void Raise(SharedCount what, long least, DateTimeOffset now)
    {
        lock (_gate)
        {
            if ((Find(what.Key, now) ?? -1) < least) Set(what, least);
        }
    }

    /// <summary>As <see cref="ISharedState.UncountAsync"/>.</summary>
    public void Uncount(string key, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (Find(key, now) is > 0) _counts[key] = _counts[key] with { Count = _counts[key].Count - 1 };
        }
    }

    /// <summary>As <see cref="ISharedState.ForgetAsync"/>.</summary>
    public bool Forget(string key, DateTimeOffset now)
    {
        lock (_gate) return Find(key, now) is not null && _counts.Remove(key);
    }

    /// <summary>As <see cref="ISharedState.CountOfAsync"/>.</summary>
    public long? Of(string key, DateTimeOffset now)
    {
        lock (_gate) return Find(key, now);
    }

    /// <summary>How long a number will still be there; null when it is not.</summary>
    public TimeSpan? Left(string key, DateTimeOffset now)
    {
        lock (_gate) return Find(key, now) is null ? null : _counts[key].Until - now;
    }

    private long? Find(string key, DateTimeOffset now)
    {
        if (!_counts.TryGetValue(key, out var found)) return null;
        if (found.Until > now) return found.Count;
        _counts.Remove(key);
        return null;
    }

    private void Set(SharedCount what, long count)
    {
        if (_counts.Count >= Most && !_counts.ContainsKey(what.Key)) _counts.Clear();
        _counts[what.Key] = (count, what.Until);
    }
}
