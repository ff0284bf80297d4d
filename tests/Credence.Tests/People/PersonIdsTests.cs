using Credence.People;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.People;

public sealed class PersonIdsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task An_id_says_when_and_where_it_was_given_and_thirty_at_once_are_thirty(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        await using var ids = new PersonIds(database.Db, new PeopleOptions(), clock);
        var given = await World.AllAtOnceAsync(30, _ => ids.NextAsync(Ct));

        Assert.Equal(30, given.Distinct().Count());
        Assert.All(given, id => Assert.Equal((clock.Now(), 1), (id.BornAt, id.Node)));
        Assert.True(PersonId.TryParse(given[0].ToString(), out var read));
        Assert.Equal(given[0], read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("012")]
    [InlineData("-1")]
    [InlineData("1x")]
    [InlineData("9223372036854775808")]
    [InlineData("٣")]
    public void Any_other_text_is_the_id_of_nobody(string text) => Assert.False(PersonId.TryParse(text, out _));

    [Theory, EachEngine]
    public async Task No_two_processes_share_a_node(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        var processes = Enumerable.Range(0, 12).Select(_ => new PersonIds(database.Db, new PeopleOptions(), clock)).ToList();
        var given = await World.AllAtOnceAsync(processes.Count, number => processes[number].NextAsync(Ct));
        Assert.Equal(Enumerable.Range(1, 12), given.Select(id => id.Node).Order());
        foreach (var process in processes) await process.DisposeAsync();
    }

    [Theory, EachEngine]
    public async Task A_node_that_was_given_back_or_left_goes_to_the_next_and_no_id_comes_again(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        var first = new PersonIds(database.Db, new PeopleOptions(), clock);
        var given = new List<PersonId>();
        for (var count = 0; count < PersonId.PerMillisecond + 10; count++) given.Add(await first.NextAsync(Ct)); // more than fit into the moment
        await first.DisposeAsync();
        clock.Advance(TimeSpan.FromMilliseconds(5));

        var second = new PersonIds(database.Db, new PeopleOptions(), clock); // which crashes: it is never disposed
        for (var count = 0; count < 10; count++) given.Add(await second.NextAsync(Ct));
        clock.Advance(TimeSpan.FromMinutes(5));
        await using var third = new PersonIds(database.Db, new PeopleOptions(), clock);
        given.Add(await third.NextAsync(Ct));
        clock.Advance(TimeSpan.FromSeconds(10));
        given.Add(await second.NextAsync(Ct)); // it was only asleep

        Assert.Equal(given.Count, given.Distinct().Count());
        Assert.Equal([1, 2], given[^2..].Select(id => id.Node));
        Assert.All(given[..^1], id => Assert.Equal(1, id.Node));
        Assert.Equal(given[..^1].Order(Comparer<PersonId>.Create((one, other) => one.Value.CompareTo(other.Value))), given[..^1]);
    }

    [Theory, EachEngine]
    public async Task A_clock_that_goes_back_brings_no_id_again(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        await using var ids = new PersonIds(database.Db, new PeopleOptions(), clock);
        var given = new List<PersonId>();
        foreach (var step in new[] { 0, -1, 1, -10, 30, -100, 40, 200 })
        {
            clock.Advance(TimeSpan.FromSeconds(step));
            for (var count = 0; count < 5; count++) given.Add(await ids.NextAsync(Ct));
        }

        Assert.Equal(given.Count, given.Distinct().Count());
        Assert.True(given.Zip(given.Skip(1)).All(pair => pair.First.Value < pair.Second.Value), "each is greater than the one before");
    }
}
