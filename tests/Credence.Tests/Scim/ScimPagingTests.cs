using Credence.Scim;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Scim;

public sealed class ScimPagingTests
{
    private const int Users = 1_000;

    /// <summary>By index nobody is missed while others come and change; who goes would move the index, so with a cursor nobody is missed even then.</summary>
    [Theory, EachEngine]
    public async Task A_thousand_users_are_paged_without_a_gap_while_others_come_change_and_go(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        var stay = new List<string>();
        for (var at = 0; at < Users; at++) stay.Add(await world.UserAsync(by, $"user{at}@example.test"));
        var go = stay.Where((_, at) => at % 50 == 3).ToList();

        var (byIndex, step) = (new List<string>(), 0);
        for (var start = 1; byIndex.Count == start - 1; start += 100)
        {
            byIndex.AddRange((await world.ListAsync(by, start: start, count: 100)).Ids());
            world.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await world.UserAsync(by, $"late{start}@example.test");
            await world.PatchAsync(by, ScimKind.User, stay[start % Users], """[{"op":"replace","path":"title","value":"new"}]""");
        }

        Assert.Empty(stay.Except(byIndex));
        Assert.Equal(byIndex.Count, byIndex.Distinct().Count());

        var byCursor = new List<string>();
        for (string? cursor = ""; cursor is not null; step++)
        {
            var page = await world.ListAsync(by, count: 100, cursor: cursor);
            byCursor.AddRange(page.Ids());
            cursor = page.Next;
            if (step < go.Count) await world.DeleteAsync(by, ScimKind.User, go[step]);
            world.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await world.UserAsync(by, $"later{step}@example.test");
        }

        Assert.Empty(stay.Except(go).Except(byCursor));
        Assert.Equal(byCursor.Count, byCursor.Distinct().Count());
    }

    /// <summary>Readers that follow a list while it grows meet everybody once, in one order, however many write at the same time.</summary>
    [Theory, EachEngine]
    public async Task Whoever_reads_while_twenty_write_meets_everybody_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        var writing = World.AllAtOnceAsync(20, async writer =>
        {
            var made = new List<string>();
            for (var at = 0; at < Users / 20; at++)
            {
                made.Add(await world.UserAsync(by, $"user{writer}-{at}@example.test")); // all of one millisecond: the clock stands still
                await world.PatchAsync(by, ScimKind.User, made[at / 2], """[{"op":"replace","path":"title","value":"new"}]""");
            }

            return made;
        });

        var read = World.AllAtOnceAsync(3, async reader =>
        {
            var met = new List<string>();
            for (var isOver = false; !isOver;)
            {
                isOver = writing.IsCompleted;
                for (var page = await PageAsync(); page.Count > 0; page = await PageAsync()) met.AddRange(page);
            }

            return met;

            async Task<List<string>> PageAsync() => reader == 0
                ? (await world.ListAsync(by, start: met.Count + 1, count: 30)).Ids()
                : (await world.ListAsync(by, count: 30, cursor: met.LastOrDefault() ?? "", filter: reader == 1 ? null : "title pr or userName pr")).Ids();
        });

        var all = (await writing).SelectMany(made => made).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(Users, all.Count);
        Assert.All(await read, met => Assert.Equal(all, met));
    }

    [Theory, EachEngine]
    public async Task A_cursor_goes_through_a_filter_that_must_be_looked_at(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        for (var at = 0; at < 30; at++) await world.CreateAsync(by, ScimKind.User, $$"""{"userName":"u{{at}}","title":"{{(at % 3 == 0 ? "pilot" : "crew")}}"}""");

        var (found, cursor) = (new List<string>(), "");
        while (cursor is not null)
        {
            var page = await world.ListAsync(by, "title eq \"Pilot\"", count: 4, cursor: cursor);
            Assert.True(page.Resources.Count <= 4);
            found.AddRange(page.Ids());
            cursor = page.Next;
        }

        Assert.Equal((await world.ListAsync(by, "title eq \"pilot\"")).Ids(), found);
        Assert.Equal(10, found.Count);
    }
}
