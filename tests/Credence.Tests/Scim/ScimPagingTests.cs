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
