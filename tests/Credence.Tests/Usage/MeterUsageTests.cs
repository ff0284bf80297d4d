using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Tests.Usage;

public sealed class MeterUsageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory, EachEngine]
    public async Task What_commits_is_counted_and_what_does_not_is_not(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var code = await world.CodeAsync("email:send");
        await world.AskAsync(["email:send"]);
        var issued = (await world.ExchangeAsync(code)).Value;
        Assert.False((await world.ExchangeAsync(code)).Succeeded);
        await world.RefreshAsync(issued.Token.RefreshToken);

        Assert.Equal(new DayUsage(UsageStore.DayOf(world.Now), 2, 1, 0), await TodayAsync(world, world.Caller));
    }

    [Theory, EachEngine]
    public async Task Fifty_calls_at_once_over_two_nodes_add_up(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        await World.AllAtOnceAsync(50, async number =>
        {
            var node = number % 2 == 0 ? world : other;
            await node.AskAsync(["email:send"]);
            node.Get<MeterUsage>().CountVerification(node.Caller.Organization);
            return number;
        });

        await other.Get<MeterUsage>().StoreAsync(World.Ct);
        Assert.Equal(new DayUsage(UsageStore.DayOf(world.Now), 50, 0, 50), await TodayAsync(world, world.Caller));
    }

    [Theory, EachEngine]
    public async Task A_day_is_a_day_of_utc_and_an_organization_sees_its_own(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (stranger, _) = await world.OrganizationAsync("Other Co");
        await world.AskAsync(["email:send"]);
        world.Get<MeterUsage>().CountVerification(stranger.Organization);
        world.Clock.Advance(TimeSpan.FromDays(1));
        world.Get<MeterUsage>().CountVerification(world.Caller.Organization);

        var today = UsageStore.DayOf(world.Now);
        Assert.Equal(
            [new DayUsage(today, 0, 0, 1), new DayUsage(today.AddDays(-1), 1, 0, 0)],
            await world.Get<MeterUsage>().ReadAsync(world.Caller.Organization, 2, world.Now, World.Ct));
        Assert.Equal(new DayUsage(today, 0, 0, 1), await TodayAsync(world, world.Caller));
        Assert.Null(await TodayAsync(world, stranger));
    }

    [Theory, EachEngine]
    public async Task A_process_that_ended_without_storing_is_stored_by_the_next_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var lost = Meter(world, _folder.Path);
        for (var count = 0; count < 3; count++) lost.CountVerification(world.Caller.Organization);
        await lost.StoreAsync(World.Ct);
        for (var count = 0; count < 4; count++) lost.CountVerification(world.Caller.Organization);
        lost.Dispose(); // as the kernel closes the files of a killed process: nothing more is stored
        Assert.NotEmpty(Directory.GetFiles(_folder.Path));

        for (var start = 0; start < 2; start++)
        {
            using var next = Meter(world, _folder.Path);
            await next.StoreAsync(World.Ct);
        }

        Assert.Equal(7, (await TodayAsync(world, world.Caller))!.Verifications);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory, EachEngine]
    public async Task A_living_processs_journal_is_left_to_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        using var one = Meter(world, _folder.Path);
        using var other = Meter(world, _folder.Path);
        one.CountVerification(world.Caller.Organization);
        await other.StoreAsync(World.Ct);
        Assert.Null(await TodayAsync(world, world.Caller));

        await one.StoreAsync(World.Ct);
        Assert.Equal(1, (await TodayAsync(world, world.Caller))!.Verifications);
    }

    [Fact]
    public async Task Callers_at_once_lose_no_verification_when_the_day_turns_or_a_journal_is_full()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        using var meter = Meter(world, _folder.Path);
        var many = Enumerable.Range(0, CountJournal<VerificationKey>.Capacity).Select(_ => Id<Organization>.New(world.Now)).ToList();
        foreach (var one in many) meter.CountVerification(one);

        await World.AllAtOnceAsync(20, number => Task.Run(() =>
        {
            for (var count = 0; count < 100; count++)
            {
                if (number == 0 && count == 50) world.Clock.Advance(TimeSpan.FromDays(1));
                meter.CountVerification(world.Caller.Organization);
            }

            return number;
        }));
        await meter.StoreAsync(World.Ct);

        Assert.Equal(2000, (await meter.ReadAsync(world.Caller.Organization, 2, world.Now, World.Ct)).Sum(day => day.Verifications));
        Assert.Equal(many.Count, await world.CountAsync($"select sum(verifications) as n from usage_counts where organization_id <> {world.Caller.Organization}"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_costs_the_journal_and_no_verification()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        using var meter = Meter(world, Path.Combine(_folder.Write("a-file", ""), "below"));
        meter.CountVerification(world.Caller.Organization);
        await meter.StoreAsync(World.Ct);
        Assert.Equal(1, (await TodayAsync(world, world.Caller))!.Verifications);
    }

    [Fact]
    public async Task Switched_off_nothing_is_counted()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        using var meter = new MeterUsage(world.Db, new UsageOptions(), world.Clock, NullLogger<MeterUsage>.Instance);
        meter.CountVerification(world.Caller.Organization);
        await meter.StoreAsync(World.Ct);
        await world.AskAsync(["email:send"]);
        Assert.Empty(await meter.ReadAsync(world.Caller.Organization, 90, world.Now, World.Ct));
        Assert.Equal(0, (await TodayAsync(world, world.Caller))!.Verifications);
    }

    public void Dispose() => _folder.Dispose();

    private static MeterUsage Meter(World world, string folder) =>
        new(world.Db, new UsageOptions { Enabled = true, JournalFolder = folder }, world.Clock, NullLogger<MeterUsage>.Instance);

    private static async Task<DayUsage?> TodayAsync(World world, ApiCaller caller) =>
        (await world.Get<MeterUsage>().ReadAsync(caller.Organization, 1, world.Now, World.Ct)).SingleOrDefault();
}
