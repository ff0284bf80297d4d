using Credence.Events;
using Credence.State;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Events;

/// <summary>Numbering events after their commit (design D8, D16).</summary>
public sealed class DispatchEventsTests
{
    private const int Writers = 20;
    private const int PerWriter = 10;

    [Theory, EachEngine]
    public async Task However_many_write_and_dispatch_at_once_positions_have_no_gap_and_no_twin(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var writing = World.AllAtOnceAsync(Writers, async _ =>
        {
            for (var at = 0; at < PerWriter; at++) await AddAsync(world);
            return true;
        });
        var dispatched = 0;
        while (!writing.IsCompleted)
        {
            var counts = await Task.WhenAll(world.Get<DispatchEvents>().RunAsync(World.Ct), other.Get<DispatchEvents>().RunAsync(World.Ct));
            dispatched += counts.Sum();
        }

        await writing;
        dispatched += await world.Get<DispatchEvents>().RunAsync(World.Ct);
        Assert.Equal(Writers * PerWriter, dispatched);
        var events = await EventStore.AfterAsync(world.Db, 0, 1_000, World.Ct);
        Assert.Equal(Enumerable.Range(1, Writers * PerWriter).Select(place => (long)place), events.Select(each => each.Position));
        Assert.Equal(Writers * PerWriter, await EventStore.LastAsync(world.Db, World.Ct));
    }

    [Theory, EachEngine]
    public async Task Of_many_that_dispatch_at_once_one_numbers_each_event(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        for (var number = 0; number < 20; number++) await AddAsync(world);
        var counts = await World.AllAtOnceAsync(25, _ => world.Get<DispatchEvents>().RunAsync(World.Ct));
        Assert.Equal(20, counts.Sum());
    }

    [Theory, EachEngine]
    public async Task More_than_one_batch_is_dispatched_in_one_round_in_the_order_of_birth(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            for (var number = 1; number <= 1_200; number++)
            {
                var at = world.Now.AddMilliseconds(number);
                await Outbox.AddAsync(tx, "dev_test", "grant.created", json => json.WriteNumber("number", (at - world.Now).TotalMilliseconds), at, World.Ct);
            }

            await tx.CommitAsync();
        }

        Assert.Equal(1_200, await world.Get<DispatchEvents>().RunAsync(World.Ct));
        var events = await EventStore.AfterAsync(world.Db, 0, 2_000, World.Ct);
        Assert.Equal(Enumerable.Range(1, 1_200).Select(number => $$"""{"number":{{number}}}"""), events.Select(each => each.Data));
        Assert.Equal(0, await world.Get<DispatchEvents>().RunAsync(World.Ct));
    }

    /// <summary>A follower that has read position 1 must still find what was born before it and committed after it; SQLite has one writer at a time.</summary>
    [Fact]
    public async Task What_commits_late_comes_behind_what_a_follower_has_read()
    {
        await using var world = await World.OnAsync(EngineKind.Postgres);
        await using var slow = await world.Db.BeginAsync(World.Ct);
        await Outbox.AddAsync(slow, "dev_test", "slow", _ => { }, world.Now, World.Ct);
        await slow.NumberAsync($"select 1 as n", World.Ct); // sent, not committed

        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await AddAsync(world);
        await world.Get<DispatchEvents>().RunAsync(World.Ct);
        var read = Assert.Single(await EventStore.AfterAsync(world.Db, 0, 10, World.Ct));

        await slow.CommitAsync();
        await world.Get<DispatchEvents>().RunAsync(World.Ct);
        Assert.Equal("slow", Assert.Single(await EventStore.AfterAsync(world.Db, read.Position, 10, World.Ct)).Type);
    }

    [Theory, EachEngine]
    public async Task A_commit_with_events_wakes_the_dispatcher_and_a_dispatch_tells_the_nodes(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var heard = new List<string>();
        world.Get<ISharedState>().Subscribe(DispatchEvents.Channel, heard.Add);
        var dispatch = world.Get<DispatchEvents>();
        dispatch.Listen();

        var resting = dispatch.WaitAsync(Timeout.InfiniteTimeSpan, World.Ct);
        await AddAsync(world, commit: false);
        await Task.Delay(200, World.Ct);
        Assert.False(resting.IsCompleted, "what was rolled back wakes nobody");
        await AddAsync(world);
        await resting.WaitAsync(TimeSpan.FromSeconds(10), World.Ct);

        await dispatch.RunAsync(World.Ct);
        Assert.Equal(["1"], heard);
    }

    [Theory, EachEngine]
    public async Task An_event_is_found_by_its_organization_and_in_the_envelope_that_is_sent(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var granted = await world.GrantAsync("calendar:read");
        await world.Get<DispatchEvents>().RunAsync(World.Ct);

        var events = await EventStore.AfterAsync(world.Db, world.Caller.Organization.ToString(), 0, 10, World.Ct);
        var created = Assert.Single(events, each => each.Type == "grant.created");
        Assert.Equal(
            $$"""{"id":"{{created.Id}}","type":"grant.created","createdAt":"{{created.CreatedAt.Iso()}}","data":{{created.Data}}}""", created.Envelope());
        Assert.Contains(granted.Grant.Id.ToString(), created.Data, StringComparison.Ordinal);
        Assert.Equal(created, await EventStore.FindAsync(world.Db, world.Caller.Organization.ToString(), created.Id, World.Ct));
        Assert.Null(await EventStore.FindAsync(world.Db, "dev_other", created.Id, World.Ct));
        Assert.Empty(await EventStore.AfterAsync(world.Db, "dev_other", 0, 10, World.Ct));
    }

    [Theory, EachEngine]
    public async Task Events_are_kept_for_seven_days(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await AddAsync(world);
        world.Clock.Advance(Outbox.Kept);
        Assert.Equal(0, await SweepAsync(world));
        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await SweepAsync(world));
    }

    private static async Task AddAsync(World world, bool commit = true)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        await Outbox.AddAsync(tx, "dev_test", "grant.created", _ => { }, world.Now, World.Ct);
        if (commit) await tx.CommitAsync();
    }

    private static async Task<int> SweepAsync(World world)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        var gone = await Outbox.SweepAsync(tx, world.Now, World.Ct);
        await tx.CommitAsync();
        return gone;
    }
}
