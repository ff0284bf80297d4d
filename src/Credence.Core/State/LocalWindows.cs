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
    public RateDecision Admit(string key, int limit, DateTimeOffset now)
    {
        var (minute, elapsed) = SlidingWindow.Split(now);
        if (Interlocked.Exchange(ref _sweptIn, minute) < minute) Sweep(minute);

        while (true)
        {
            if (Find(key).Admit(limit, minute, elapsed) is { } decision) return decision;
        }
    }

    private Window Find(string key)
    {
        if (_windows.TryGetValue(key, out var window)) return window;
        // Past the bound, keys not seen yet share windows: still limited, only more coarsely.
        if (Count >= Most) key = $"shared:{(uint)string.GetHashCode(key, StringComparison.Ordinal) % SharedWhenFull}";

        var added = new Window();
        window = _windows.GetOrAdd(key, added);
        if (ReferenceEquals(window, added)) Interlocked.Increment(ref _count);
        return window;
    }

    /// <summary>Once a minute: whatever was idle for a whole minute weighs nothing any more.</summary>
    private void Sweep(long minute)
    {
        foreach (var (key, window) in _windows)
        {
            if (window.EndIfIdleSince(minute - 1) && _windows.TryRemove(KeyValuePair.Create(key, window))) Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Window
    {
        private readonly Lock _gate = new();
        private long _minute;
        private int _previous;
        private int _current;
        private bool _ended;

        /// <returns>Null when it was swept meanwhile; the caller finds itself another.</returns>
        public RateDecision? Admit(int limit, long minute, int elapsed)
        {
            lock (_gate)
            {
                if (_ended) return null;
                if (minute < _minute) elapsed = 0; // asked for the time before another caller who got here first
                else if (minute > _minute) Turn(minute);

                var window = new SlidingWindow(_previous, _current, elapsed);
                if (window.Used >= limit) return window.Decide(admitted: false, limit);
                _current++;
                return (window with { Current = _current }).Decide(admitted: true, limit);
            }
        }

        public bool EndIfIdleSince(long minute)
        {
            lock (_gate) return _ended = _ended || _minute < minute;
        }

        private void Turn(long minute)
        {
            _previous = minute == _minute + 1 ? _current : 0;
            _current = 0;
            _minute = minute;
        }
    }
}
