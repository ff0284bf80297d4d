namespace Credence.Events;

/// <summary>
/// One caller's events, in order, none twice and none missed. New ones wait in memory, but only so many: a caller too slow for that, and one that
/// resumes, reads from the database, from where it stopped, until it is level again. One caller of <see cref="NextAsync"/> at a time.
/// </summary>
public sealed class EventReader : IDisposable
{
    /// <summary>How many events wait in memory for a caller.</summary>
    internal const int MostWaiting = 128;

    /// <summary>How many events are read from the database at a time.</summary>
    internal const int PerRead = 100;

    private readonly Func<long, int, CancellationToken, Task<List<Event>>> _read;
    private readonly Action<EventReader> _leave;
    private readonly Lock _gate = new();
    private readonly Queue<ToldEvent> _waiting = new();
    private readonly Wake _wake = new();
    private long _position; // everything up to here was given out
    private volatile IReadOnlySet<string>? _types;
    private bool _behind; // what comes after the position is to be read from the database

    /// <summary>A stream that has given out everything up to a position.</summary>
    /// <param name="read">Reads up to so many stored events of the organization after a position.</param>
    /// <param name="position">The position.</param>
    /// <param name="behind">Whether there may be stored events after it that will not be offered.</param>
    /// <param name="leave">Ends the offers.</param>
    internal EventReader(Func<long, int, CancellationToken, Task<List<Event>>> read, long position, bool behind, Action<EventReader> leave) =>
        (_read, _position, _behind, _leave) = (read, position, behind, leave);

    /// <summary>The types that are given out; null for all. What it is set to holds for everything given out from then on.</summary>
    public IReadOnlySet<string>? Types
    {
        get => _types;
        set => _types = value;
    }

    private bool IsBehind
    {
        get
        {
            lock (_gate) return _behind;
        }
    }

    /// <summary>The next events; none when <paramref name="most"/> has gone by without any of these types.</summary>
    public async Task<List<ToldEvent>> NextAsync(TimeSpan most, CancellationToken ct)
    {
        if (!IsBehind) await _wake.WaitAsync(most, ct);
        var events = IsBehind ? await ReadAsync(ct) : Take();
        return Types is { } types ? events.FindAll(each => types.Contains(each.Event.Type)) : events;
    }

    /// <summary>Leaves the feed.</summary>
    public void Dispose() => _leave(this);

    /// <summary>Hears of a new event; called with each of them, in order.</summary>
    internal void Offer(ToldEvent one)
    {
        lock (_gate)
        {
            if (_behind || one.Event.Position <= _position) return;
            if (_waiting.Count < MostWaiting) _waiting.Enqueue(one);
            else FallBehind();
            _wake.Call();
        }
    }

    private void FallBehind()
    {
        _behind = true;
        _waiting.Clear();
    }

    private List<ToldEvent> Take()
    {
        lock (_gate)
        {
            var events = _waiting.Where(each => each.Event.Position > _position).ToList(); // what was read from the database may wait here too
            _waiting.Clear();
            if (events.Count > 0) _position = events[^1].Event.Position;
            return events;
        }
    }

    /// <summary>
    /// Events wait in memory again from before the read, so that one which the read is too early for is offered. Only when the read came to the end
    /// do the two meet; until then the stream stays behind.
    /// </summary>
    private async Task<List<ToldEvent>> ReadAsync(CancellationToken ct)
    {
        lock (_gate) _behind = false;
        var reachedEnd = false;
        try
        {
            var events = await _read(_position, PerRead, ct);
            reachedEnd = events.Count < PerRead;
            if (events.Count > 0) _position = events[^1].Position;
            return events.ConvertAll(ToldEvent.Of);
        }
        finally
        {
            if (!reachedEnd)
            {
                lock (_gate) FallBehind();
            }
        }
    }
}
