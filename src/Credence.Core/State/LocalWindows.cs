using System.Collections.Concurrent;

namespace Credence.State;

/// <summary>Sliding windows kept by this process: all of the embedded state's, and the stand-in while Redis is away (design D5).</summary>
public sealed class LocalWindows
{
    private const int Most = 200_000; // about 30 MB; keys may come from strangers' addresses, so there must be a bound
    private const int SharedWhenFull = 1024;

    private readonly ConcurrentDictionary<string, Window> _windows = new();
    private long _sweptIn;
    private int _count; // the dictionary's own Count takes all its locks

    /// <summary>How many windows are held.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts one call if <paramref name="limit"/> allows it.</summary>
    public RateDecision Admit(string key, RateLimit limit, DateTimeOffset now)
    {
        var (minute, _) = SlidingWindow.Split(now, SlidingWindow.Minute);
        if (Interlocked.Exchange(ref _sweptIn, minute) < minute) Sweep(now);
        var (period, elapsed) = SlidingWindow.Split(now, limit.Window);

        while (true)
        {
            if (Find(key, limit.Window).Admit(limit.Calls, period, elapsed) is { } decision) return decision;
        }
    }

    private Window Find(string key, int length)
    {
        if (_windows.TryGetValue(key, out var window)) return window;
        // Past the bound, keys not seen yet share windows: still limited, only more coarsely.
        if (Count >= Most) key = $"shared:{length}:{(uint)string.GetHashCode(key, StringComparison.Ordinal) % SharedWhenFull}";

        var added = new Window(length);
        window = _windows.GetOrAdd(key, added);
        if (ReferenceEquals(window, added)) Interlocked.Increment(ref _count);
        return window;
    }

    /// <summary>Once a minute: whatever was idle for a whole period weighs nothing any more.</summary>
    private void Sweep(DateTimeOffset now)
    {
        foreach (var (key, window) in _windows)
        {
            if (window.EndIfIdle(now) && _windows.TryRemove(KeyValuePair.Create(key, window))) Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Window(int length)
    {
        private readonly Lock _gate = new();
        private long _period;
        private int _previous;
        private int _current;
        private bool _ended;

        /// <returns>Null when it was swept meanwhile; the caller finds itself another.</returns>
        public RateDecision? Admit(int limit, long period, int elapsed)
        {
            lock (_gate)
            {
                if (_ended) return null;
                if (period < _period) elapsed = 0; // asked for the time before another caller who got here first
                else if (period > _period) Turn(period);

                var window = new SlidingWindow(_previous, _current, elapsed, length);
                if (window.Used >= limit) return window.Decide(admitted: false, limit);
                _current++;
                return (window with { Current = _current }).Decide(admitted: true, limit);
            }
        }

        public bool EndIfIdle(DateTimeOffset now)
        {
            var (period, _) = SlidingWindow.Split(now, length);
            lock (_gate) return _ended = _ended || _period < period - 1;
        }

        private void Turn(long period)
        {
            _previous = period == _period + 1 ? _current : 0;
            _current = 0;
            _period = period;
        }
    }
}
