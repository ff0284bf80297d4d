namespace Credence.State;

/// <summary>Claims and records of this process: the embedded state's. Past a bound no more are taken: to forget some would set guesses free again.</summary>
internal sealed class LocalRecords
{
    private const int Most = 100_000;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);
    private static readonly Dictionary<string, string> NoFields = [];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Dictionary<string, string> Fields, DateTimeOffset Until)> _records = new(StringComparer.Ordinal);
    private DateTimeOffset _swept;

    /// <summary>As <see cref="ISharedState.ClaimAsync"/>.</summary>
    public Lasting Claim(string key, TimeSpan life, DateTimeOffset now)
    {
        lock (_gate) return Find(key, now) is { } there ? new Lasting(true, there.Until - now) : new Lasting(Set(key, NoFields, life, now), null);
    }

    /// <summary>As <see cref="ISharedState.LeftAsync"/>; null when there is nothing.</summary>
    public TimeSpan? Left(string key, DateTimeOffset now)
    {
        lock (_gate) return Find(key, now)?.Until - now;
    }

    /// <summary>As <see cref="ISharedState.ForgetAsync"/>.</summary>
    public bool Forget(string key, DateTimeOffset now)
    {
        lock (_gate) return Find(key, now) is not null && _records.Remove(key);
    }

    /// <summary>As <see cref="ISharedState.RecordAsync"/>.</summary>
    public bool Record(string key, IReadOnlyDictionary<string, string> fields, TimeSpan life, DateTimeOffset now)
    {
        lock (_gate) return Set(key, new Dictionary<string, string>(fields, StringComparer.Ordinal), life, now);
    }

    /// <summary>As <see cref="ISharedState.AmendAsync"/>.</summary>
    public bool Amend(string key, KeyValuePair<string, string> holder, IReadOnlyDictionary<string, string> fields, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (Find(key, now) is not { Fields: var there } || !Says(there, holder)) return false;
            foreach (var (name, value) in fields) there[name] = value;
            return true;
        }
    }

    /// <summary>As <see cref="ISharedState.GuessAsync"/>.</summary>
    public Guessed Guess(string key, Guess guess, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (Find(key, now) is not { Fields: var fields } || !Says(fields, guess.Holder)) return new Guessed(GuessOutcome.None, null);
            if (Says(fields, guess.Secret))
            {
                _records.Remove(key);
                return new Guessed(GuessOutcome.Right, fields);
            }

            var wrong = int.Parse(fields.GetValueOrDefault(guess.Counter, "0")) + 1;
            fields[guess.Counter] = wrong.ToString();
            if (wrong < guess.Most) return new Guessed(GuessOutcome.Wrong, null);
            _records.Remove(key);
            return new Guessed(GuessOutcome.Last, null);
        }
    }

    private static bool Says(Dictionary<string, string> fields, KeyValuePair<string, string> what) =>
        fields.TryGetValue(what.Key, out var said) && said == what.Value;

    private (Dictionary<string, string> Fields, DateTimeOffset Until)? Find(string key, DateTimeOffset now) =>
        _records.TryGetValue(key, out var there) && there.Until > now ? there : null;

    /// <returns>False when there are too many.</returns>
    private bool Set(string key, Dictionary<string, string> fields, TimeSpan life, DateTimeOffset now)
    {
        Sweep(now);
        if (_records.Count >= Most && !_records.ContainsKey(key)) return false;
        _records[key] = (fields, now + life);
        return true;
    }

    private void Sweep(DateTimeOffset now)
    {
        if (now - _swept < SweepEvery) return;
        _swept = now;
        foreach (var (key, there) in _records)
        {
            if (there.Until <= now) _records.Remove(key);
        }
    }
}
