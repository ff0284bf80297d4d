using Credence.State;
using Credence.Storage;

namespace Credence.Events;

/// <summary>
/// Brings new events to the streams that are open on this node. It hears of them once for all streams, reads each once, and hands it to the streams
/// of its organization. A message says only that it is time to look; without one it looks every second. While no stream is open it reads nothing.
/// </summary>
public sealed class EventFeed(Db db, ISharedState state)
{
    private const int PerRead = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<EventReader>> _streams = new(StringComparer.Ordinal);
    private readonly Wake _wake = new();
    private long _position; // every event up to here was handed to the streams that were open

    /// <summary>Begins to listen for the dispatcher's word, whichever node it runs on.</summary>
    public void Listen() => state.Subscribe(DispatchEvents.Channel, _ => _wake.Call());

    /// <summary>Waits until there are new events, but no longer than <paramref name="most"/>: then it is time to <see cref="CatchUpAsync"/>.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken ct) => _wake.WaitAsync(most, ct);

    /// <summary>Opens a stream of an organization's events: those after <paramref name="after"/>, or those from now on.</summary>
    public async Task<Result<EventReader>> OpenAsync(string organization, Id<Event>? after, CancellationToken ct)
    {
        var head = await EventStore.LastAsync(db, ct);
        var position = head;
        if (after is { } id)
        {
            if (await EventStore.FindAsync(db, organization, id, ct) is not { } seen) return EventFailures.NotKept;
            position = seen.Position;
        }

        lock (_gate)
        {
            if (_streams.Count == 0) _position = Math.Max(_position, head); // nobody waited for what came before
            var stream = new EventReader(ReadAsync, position, behind: _position > position, stream => Leave(organization, stream));
            if (!_streams.TryGetValue(organization, out var others)) _streams[organization] = others = [];
            others.Add(stream);
            return stream;
        }

        Task<List<Event>> ReadAsync(long behind, int most, CancellationToken ct) => EventStore.AfterAsync(db, organization, behind, most, ct);
    }

    /// <summary>Hands out what was committed since the last time, on any node. One worker calls it, so that events stay in their order.</summary>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        while (NextPosition() is { } position)
        {
            var events = await EventStore.AfterAsync(db, position, PerRead, ct);
            HandOut(events);
            if (events.Count < PerRead) return;
        }
    }

    private long? NextPosition()
    {
        lock (_gate) return _streams.Count == 0 ? null : _position;
    }

    private void HandOut(List<Event> events)
    {
        lock (_gate)
        {
            foreach (var one in events)
            {
                _position = Math.Max(_position, one.Position);
                if (one.Door != EventDoor.Grants || !_streams.TryGetValue(one.Organization, out var streams)) continue;
                var told = ToldEvent.Of(one);
                foreach (var stream in streams) stream.Offer(told);
            }
        }
    }

    private void Leave(string organization, EventReader stream)
    {
        lock (_gate)
        {
            if (!_streams.TryGetValue(organization, out var streams) || !streams.Remove(stream)) return;
            if (streams.Count == 0) _streams.Remove(organization);
        }
    }
}
