using Credence.Events;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Events;

public sealed class EventFeedTests
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    [Theory, EachEngine]
    public async Task A_stream_gives_out_what_happens_from_its_opening_on_and_nothing_of_others(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await AddAsync(world, 3);
        await TellAsync(world);
        var (other, _) = await world.OrganizationAsync("Other Co");
        using var stream = await OpenAsync(world);

        await AddAsync(world, 2, other.Organization.ToString());
        var expected = await AddAsync(world, 4);
        await TellAsync(world);

        Assert.Equal(expected, await TakenAsync(stream));
        Assert.Empty(await stream.NextAsync(AtOnce, World.Ct));
    }

    [Theory, EachEngine]
    public async Task A_caller_that_does_not_read_misses_nothing_when_it_does(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        using var stream = await OpenAsync(world);
        var expected = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            expected.AddRange(await AddAsync(world, 90));
            await TellAsync(world);
        }

        Assert.Equal(expected, await TakenAsync(stream));
        expected = await AddAsync(world, 2); // it is level again
        await TellAsync(world);
        Assert.Equal(expected, await TakenAsync(stream));
    }

    [Theory, EachEngine]
    public async Task A_read_that_fails_loses_nothing(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var before = await AddAsync(world, 1);
        await TellAsync(world);
        var missed = await AddAsync(world, 150);
        await TellAsync(world);
        using var stream = await OpenAsync(world, before[0]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.NextAsync(AtOnce, new CancellationToken(canceled: true)));
        missed.AddRange(await AddAsync(world, 1));
        await TellAsync(world);

        Assert.Equal(missed, await TakenAsync(stream));
    }

    [Theory, EachEngine]
    public async Task Callers_that_drop_and_resume_while_events_keep_coming_miss_nothing_and_see_nothing_twice(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var secondNode = await world.NodeAsync();
        using var done = new CancellationTokenSource();
        World[] nodes = [world, secondNode];
        var feeding = nodes.Select(node => Task.Run(() => FeedAsync(node, done.Token), World.Ct)).ToList();
        var first = (await AddAsync(world, 1))[0];
        await StoredAsync(world, first);
        var total = 20 * 40;
        var readers = Enumerable.Range(0, 4).Select(number => Task.Run(() => ReadAsync(nodes, first, total, 3 + (number * 40)), World.Ct)).ToList();

        await World.AllAtOnceAsync(20, async _ => await AddAsync(world, 40));
        var seen = await Task.WhenAll(readers);
        await done.CancelAsync();
        await Task.WhenAll(feeding);

        var expected = await world.Db.ListAsync($"select id from events where id <> {first} and door = 'grants' order by position", row => row.Text("id"), World.Ct);
        Assert.Equal(total, expected.Count);
        Assert.All(seen, each => Assert.Equal(expected, each));
    }

    [Theory, EachEngine]
    public async Task A_filter_holds_for_everything_given_out_after_it_was_set(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        using var stream = await OpenAsync(world);
        stream.Types = new HashSet<string> { "grant.revoked" };
        await AddAsync(world, 2);
        await TellAsync(world);
        Assert.Empty(await TakenAsync(stream));

        stream.Types = new HashSet<string> { "token.issued" };
        var expected = await AddAsync(world, 2);
        await TellAsync(world);
        Assert.Equal(expected, await TakenAsync(stream));
    }

    [Theory, EachEngine]
    public async Task Nothing_is_resumed_after_an_event_that_is_not_known_or_not_kept_or_not_the_callers(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (other, _) = await world.OrganizationAsync("Other Co");
        var foreign = await AddAsync(world, 1, other.Organization.ToString());
        var old = await AddAsync(world, 1);
        await TellAsync(world);
        using (await OpenAsync(world, old[0])) { }

        Assert.Equal(EventFailures.NotKept, await RefusalAsync(foreign[0]));
        Assert.Equal(EventFailures.NotKept, await RefusalAsync(Id<Event>.New(world.Now).ToString()));
        world.Clock.Advance(Outbox.Kept + TimeSpan.FromMilliseconds(1));
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await Outbox.SweepAsync(tx, world.Now, World.Ct);
            await tx.CommitAsync();
        }

        Assert.Equal(EventFailures.NotKept, await RefusalAsync(old[0]));

        async Task<Failure?> RefusalAsync(string id) =>
            (await world.Get<EventFeed>().OpenAsync(world.Caller.Organization.ToString(), Id<Event>.Parse(id), World.Ct)).Failure;
    }

    private static async Task<EventReader> OpenAsync(World node, string? after = null) =>
        (await node.Get<EventFeed>().OpenAsync(node.Caller.Organization.ToString(), after is null ? null : Id<Event>.Parse(after), World.Ct)).Value;

    /// <summary>Commits events one by one, of the type <c>token.issued</c>.</summary>
    private static async Task<List<string>> AddAsync(World world, int count, string? organization = null)
    {
        var ids = new List<string>();
        for (var number = 0; number < count; number++)
        {
            var mark = Guid.NewGuid().ToString();
            await using (var tx = await world.Db.BeginAsync(World.Ct))
            {
                await Outbox.AddAsync(
                    tx, organization ?? world.Caller.Organization.ToString(), "token.issued", json => json.WriteString("mark", mark), world.Now, World.Ct);
                await tx.CommitAsync();
            }

            world.Clock.Advance(TimeSpan.FromMilliseconds(1)); // ids are in the order of their time
            ids.AddRange(await world.Db.ListAsync($"select id from events where data like {"%" + mark + "%"}", row => row.Text("id"), World.Ct));
        }

        return ids;
    }

    /// <summary>What the node's workers do when they are woken.</summary>
    private static async Task TellAsync(World node)
    {
        await node.Get<DispatchEvents>().RunAsync(World.Ct);
        await node.Get<EventFeed>().CatchUpAsync(World.Ct);
    }

    private static async Task FeedAsync(World node, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await node.Get<DispatchEvents>().RunAsync(CancellationToken.None);
            await node.Get<EventFeed>().CatchUpAsync(CancellationToken.None);
        }
    }

    private static async Task StoredAsync(World world, string id)
    {
        while (await EventStore.FindAsync(world.Db, world.Caller.Organization.ToString(), Id<Event>.Parse(id), World.Ct) is null) await Task.Delay(5, World.Ct);
    }

    private static async Task<List<string>> TakenAsync(EventReader stream)
    {
        var ids = new List<string>();
        while (true)
        {
            var events = await stream.NextAsync(AtOnce, World.Ct);
            if (events.Count == 0) return ids;
            ids.AddRange(events.Select(each => each.Event.Id.ToString()));
        }
    }

    /// <summary>Reads <paramref name="total"/> events, and comes back after every <paramref name="each"/>, to one node and the other in turn.</summary>
    private static async Task<List<string>> ReadAsync(World[] nodes, string after, int total, int each)
    {
        var seen = new List<string>();
        for (var turn = 0; seen.Count < total; turn++)
        {
            using var stream = await OpenAsync(nodes[turn % nodes.Length], seen.Count == 0 ? after : seen[^1]);
            for (var taken = 0; taken < each && seen.Count < total;)
            {
                var events = await stream.NextAsync(TimeSpan.FromMilliseconds(50), World.Ct);
                taken += events.Count;
                seen.AddRange(events.Select(one => one.Event.Id.ToString()));
            }
        }

        return seen;
    }
}
