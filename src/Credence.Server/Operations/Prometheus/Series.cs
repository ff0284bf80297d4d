namespace Credence.Server.Operations.Prometheus;

/// <summary>The numbers of one series, changed without locks by whoever measures.</summary>
internal sealed class Series(string labels, double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _value;

    /// <summary>The labels as they are written: <c>status="success"</c>.</summary>
    public string Labels => labels;

    /// <summary>The counter's or gauge's value, or a histogram's sum.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>Adds to a counter.</summary>
    public void Add(double amount)
    {
        double before, after;
        do
        {
            before = Volatile.Read(ref _value);
            after = before + amount;
        }
        while (Interlocked.CompareExchange(ref _value, after, before) is var seen && seen != before);
    }

    /// <summary>Sets a gauge.</summary>
    public void Set(double value) => Volatile.Write(ref _value, value);

    /// <summary>Counts an observation of a histogram.</summary>
    public void Observe(double value)
    {
        var bucket = Array.FindIndex(bounds, bound => value <= bound);
        Interlocked.Increment(ref _buckets[bucket < 0 ? bounds.Length : bucket]);
        Add(value);
    }

    /// <summary>How many observations each bucket has, the one without a bound last.</summary>
    public long[] Counts() => [.. _buckets.Select((_, at) => Interlocked.Read(ref _buckets[at]))];
}
