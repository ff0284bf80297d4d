using Credence.Agents;
using Credence.Audit;
using Credence.Compliance;
using Credence.Grants;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Compliance;

public sealed class SummarizeTests
{
    private static readonly Period Ever = new(null, null);

    [Theory, EachEngine]
    public async Task The_numbers_are_those_of_the_evidence(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (short_, taken) = (await world.ExchangeAsync(await world.ApproveAsync(await world.AskAsync(["email:send"], TimeSpan.FromMinutes(5)))), await world.GrantAsync("email:send"));
        await world.DelegateAsync(taken, world.Agent, "email:send");
        await world.RevokeAsync(taken);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        var between = world.Now;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.GrantAsync("email:send");
        var paused = await world.GrantAsync("email:send");
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await GrantStore.PauseTreeAsync(tx, paused.Grant.Id, world.Now, World.Ct);
            await tx.CommitAsync();
        }

        foreach (var status in new[] { LoggedStatus.Success, LoggedStatus.Blocked, LoggedStatus.Success, LoggedStatus.Failure, LoggedStatus.Blocked }) await LogAsync(world, status);
        await world.AgentAsync("another", "email:send");

        var ever = await SummarizeAsync(world, Ever);

        Assert.True(short_.Succeeded);
        Assert.Equal(new AgentCounts(2, 2, 0, 0), ever.Agents);
        Assert.Equal(new GrantCounts(5, 1, 2, 1), ever.Grants);
        Assert.Equal(new LoggedCounts(5, 2, 1, 2), ever.Entries);
        foreach (var period in new[] { Ever, new Period(between, null), new Period(null, between), new Period(world.Now.AddHours(1), null) })
        {
            var evidence = (await world.Get<GatherEvidence>().RunAsync(world.Caller, period, world.Now, World.Ct)).Value;
            await foreach (var _ in evidence.GrantsAsync(World.Ct)) { }
            await foreach (var _ in evidence.EntriesAsync(World.Ct)) { }
            Assert.Equal(await SummarizeAsync(world, period), evidence.Summary);
        }

        Assert.Equal(new GrantCounts(2, 1, 0, 0), (await SummarizeAsync(world, new Period(between, null))).Grants);
        Assert.Equal(new GrantCounts(3, 0, 2, 1), (await SummarizeAsync(world, new Period(null, between))).Grants);
    }

    [Theory, EachEngine]
    public async Task An_export_of_what_went_wrong_finds_it_among_all_that_did_not(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        for (var number = 0; number < 30; number++) await LogAsync(world, number is 7 or 21 ? LoggedStatus.Failure : LoggedStatus.Success);

        Assert.Equal([8, 22], await PlacesAsync(world, "failure"));
        Assert.Equal(28, (await PlacesAsync(world, "success")).Count);
        Assert.Empty(await PlacesAsync(world, "blocked"));
        Assert.Empty(await PlacesAsync(world, "maybe"));
    }

    [Theory, EachEngine]
    public async Task All_grants_come_once_however_many_were_given_in_a_moment(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = (await world.GrantAsync("email:send")).Grant;
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            for (var number = 0; number < 2_100; number++) // more than two pages, in few milliseconds
            {
                var id = Id<Grant>.New(world.Now);
                await GrantStore.AddAsync(tx, grant with { Id = id, RootId = id, IssuedAt = world.Now.AddMilliseconds(number / 1_500) }, World.Ct);
            }

            await tx.CommitAsync();
        }

        var all = new List<Grant>();
        await foreach (var one in GrantStore.AllAsync(world.Db, world.Caller.Organization, Ever.Grants, World.Ct)) all.Add(one);

        Assert.Equal(2_101, all.Select(one => one.Id).Distinct().Count());
        Assert.Equal(2_101, all.Count);
    }

    private static Task<Summary> SummarizeAsync(World world, Period period) => world.Get<Summarize>().RunAsync(world.Caller, period, world.Now, World.Ct);

    private static Task<Result<LoggedEntry>> LogAsync(World world, LoggedStatus status) => world.Get<LogEntry>().RunAsync(
        world.Caller.Organization.ToString(), null, new Logged("ag_1", "did:example:1", "grnt_1", "ada", "mail.send", "{}", status), World.Ct);

    private static async Task<List<long>> PlacesAsync(World world, string status)
    {
        var places = new List<long>();
        var entries = LoggedStore.AllAsync(
            world.Db, world.Caller.Organization.ToString(), LoggedFilter.None with { Status = status }, new LoggedSpan(0, long.MaxValue), World.Ct);
        await foreach (var entry in entries) places.Add(entry.Sequence);
        return places;
    }
}
