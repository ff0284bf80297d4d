using Credence.Events;
using Credence.Tests.Support;

namespace Credence.Tests.Events;

/// <summary>The moment at which a stream that reads stored events becomes level with the new ones.</summary>
public sealed class EventReaderTests
{
    [Fact]
    public async Task An_event_that_the_read_is_too_early_for_is_given_out_after_it()
    {
        var (one, two) = (At(1), At(2));
        EventReader? stream = null;
        stream = new EventReader(
            (_, _, _) =>
            {
                stream!.Offer(ToldEvent.Of(two)); // committed behind the read's back
                return Task.FromResult<List<Event>>([one]);
            },
            position: 0, behind: true, leave: _ => { });

        Assert.Equal([one, two], await TakenAsync(stream));
    }

    [Fact]
    public async Task An_event_that_is_read_and_offered_is_given_out_once()
    {
        var (one, two, three) = (At(1), At(2), At(3));
        EventReader? stream = null;
        stream = new EventReader(
            (_, _, _) =>
            {
                stream!.Offer(ToldEvent.Of(two));
                stream.Offer(ToldEvent.Of(three));
                return Task.FromResult<List<Event>>([one, two]);
            },
            position: 0, behind: true, leave: _ => { });

        Assert.Equal([one, two, three], await TakenAsync(stream));
    }

    [Fact]
    public async Task What_does_not_find_room_while_the_stream_reads_is_read()
    {
        var events = Enumerable.Range(1, EventReader.MostWaiting + 2).Select(number => At(number)).ToList();
        var stored = 1;
        EventReader? stream = null;
        stream = new EventReader(
            (after, most, _) =>
            {
                var found = events.Take(stored).Where(each => each.Position > after).Take(most).ToList();
                foreach (var one in events.Skip(stored)) stream!.Offer(ToldEvent.Of(one));
                stored = events.Count;
                return Task.FromResult(found);
            },
            position: 0, behind: true, leave: _ => { });

        Assert.Equal(events, await TakenAsync(stream));
    }

    private static Event At(long position) => new(Id<Event>.New(DateTimeOffset.UnixEpoch), "dev_a", "grant.created", "{}", DateTimeOffset.UnixEpoch, position);

    private static async Task<List<Event>> TakenAsync(EventReader stream)
    {
        var taken = new List<Event>();
        while (await stream.NextAsync(TimeSpan.Zero, World.Ct) is { Count: > 0 } events) taken.AddRange(events.Select(each => each.Event));
        return taken;
    }
}
