using Credence.Audit;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Audit;

public sealed class LoggedStoreTests
{
    private static readonly LoggedFilter All = new(null, null, null, null);

    [Theory, EachEngine]
    public async Task A_list_is_narrowed_by_what_was_logged(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync("mail.read", agent: "ag_1", principal: "ada", grant: "g1");
        await world.LogAsync("mail.send", agent: "ag_1", principal: "bob", grant: "g2");
        await world.LogAsync("mail.read", agent: "ag_2", principal: "bob", grant: "g1");
        await world.Get<SealAudit>().RunAsync(World.Ct); // the server's own entries are no part of it

        Assert.Equal([1, 2, 3], await PlacesAsync(world, All));
        Assert.Equal([1, 2], await PlacesAsync(world, All with { Agent = "ag_1" }));
        Assert.Equal([1, 3], await PlacesAsync(world, All with { Grant = "g1" }));
        Assert.Equal([2, 3], await PlacesAsync(world, All with { Principal = "bob" }));
        Assert.Equal([1, 3], await PlacesAsync(world, All with { Action = "mail.read" }));
        Assert.Equal([3], await PlacesAsync(world, new LoggedFilter("ag_2", "g1", "bob", "mail.read")));
        Assert.Empty(await PlacesAsync(world, All with { Agent = "ag_3" }));
    }

    [Theory, EachEngine]
    public async Task A_span_of_time_is_a_span_of_the_chain(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var start = world.Now;
        for (var minute = 0; minute < 10; minute++)
        {
            await world.LogAsync("mail.read");
            world.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(new LoggedSpan(0, 10), await SpanAsync(world, null, null));
        Assert.Equal(new LoggedSpan(0, 10), await SpanAsync(world, start, start.AddMinutes(9)));
        Assert.Equal(new LoggedSpan(3, 7), await SpanAsync(world, start.AddMinutes(3), start.AddMinutes(6)));
        Assert.Equal(new LoggedSpan(4, 6), await SpanAsync(world, start.AddMinutes(3.5), start.AddMinutes(5.5)));
        Assert.Equal(new LoggedSpan(10, 10), await SpanAsync(world, start.AddDays(1), null));
        Assert.Equal(new LoggedSpan(0, 0), await SpanAsync(world, null, start.AddDays(-1)));
        Assert.Equal(new LoggedSpan(0, 10), await SpanAsync(world, DateTimeOffset.MinValue, DateTimeOffset.MaxValue));
    }

    [Theory, EachEngine]
    public async Task A_page_ends_where_it_would_become_large(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var organization = world.Caller.Organization.ToString();
        var large = new Logged("a", "d", "g", "p", "x", $$"""{"text":"{{new string('x', 600_000)}}"}""", LoggedStatus.Success);
        for (var count = 0; count < 5; count++) await world.Get<LogEntry>().RunAsync(organization, null, large, World.Ct);

        var pages = new List<int>();
        var (after, whole) = (0L, false);
        while (!whole)
        {
            var page = await LoggedStore.ListAsync(world.Db, organization, All, new LoggedSpan(after, 5), 1000, World.Ct);
            pages.Add(page.Entries.Count);
            (after, whole) = (page.Entries[^1].Sequence, page.IsWhole);
        }

        Assert.Equal([2, 2, 1], pages);
    }

    [Theory, EachEngine]
    public async Task What_retention_has_emptied_is_no_longer_shown(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var gone = (await world.LogAsync("mail.read")).Value;
        await world.LogAsync("mail.send");
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"update audit_entries set body = '' where id = {gone.Id}", World.Ct);
            await tx.CommitAsync();
        }

        Assert.Equal([2], await PlacesAsync(world, All));
        Assert.Null(await LoggedStore.FindAsync(world.Db, gone.Organization, gone.Id, World.Ct));
    }

    private static async Task<IEnumerable<long>> PlacesAsync(World world, LoggedFilter filter) =>
        (await LoggedStore.ListAsync(world.Db, world.Caller.Organization.ToString(), filter, new LoggedSpan(0, long.MaxValue), 100, World.Ct))
        .Entries.Select(entry => entry.Sequence);

    private static Task<LoggedSpan> SpanAsync(World world, DateTimeOffset? since, DateTimeOffset? until) =>
        LoggedStore.SpanAsync(world.Db, world.Caller.Organization.ToString(), since, until, World.Ct);
}
