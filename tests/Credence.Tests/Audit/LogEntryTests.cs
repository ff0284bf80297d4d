using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Audit;

public sealed class LogEntryTests
{
    [Fact]
    public void The_documented_entry_has_its_documented_hash()
    {
        var id = Id<AuditEntry>.Parse("alog_01M7XM3QJ2JMM4M9863SXR3ET4");
        const string Agent = "ag_01M7XKWN33VVYR5RNWC0RYAXQN";
        var what = new Logged(Agent, "did:grantex:" + Agent, "g", "u1", "a.b", """{"a":{"b":null,"y":[1,2,"é"]},"z":1}""", LoggedStatus.Success);
        var at = DateTimeOffset.Parse("2026-11-20T23:19:20.387Z", System.Globalization.CultureInfo.InvariantCulture);

        var body = LoggedEntry.Body(id, "dev_01M7XKVZE5B9VX1QRM5GQF06D0", what, at, null);

        Assert.Equal("77e7a934878b7a8c1c8835f68535f7d9fac634fdc12ad81f0f1767c162d1e718", EntryHashes.Of(body).Hash);
    }

    [Theory, EachEngine]
    public async Task Sixty_four_writers_on_two_nodes_make_one_chain_beside_the_servers_own(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var sealing = World.AllAtOnceAsync(4, _ => other.Get<SealAudit>().RunAsync(World.Ct));

        var logged = await World.AllAtOnceAsync(64, async number =>
        {
            var node = number % 2 == 0 ? world : other;
            return new[] { await node.LogAsync($"first.{number}"), await node.LogAsync($"second.{number}") };
        });
        await sealing;
        await world.Get<SealAudit>().RunAsync(World.Ct);

        var entries = logged.SelectMany(pair => pair).Select(result => result.Value).ToList();
        Assert.Equal(Enumerable.Range(1, 128).Select(place => (long)place), entries.Select(entry => entry.Sequence).Order());
        foreach (var entry in entries)
        {
            Assert.Equal(entry, await LoggedStore.FindAsync(other.Db, entry.Organization, entry.Id, World.Ct));
        }

        foreach (var pair in logged) Assert.True(pair[0].Value.Sequence < pair[1].Value.Sequence);
        Assert.Equal(128, await Chains.HoldAsync(world, "application"));
        Assert.Equal(2, await Chains.HoldAsync(world, "system"));
    }

    [Theory, EachEngine]
    public async Task Nodes_whose_clocks_disagree_keep_one_chain_whose_times_never_fall(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var late = new ManualClock(world.Now.AddSeconds(-3));
        await using var other = await world.NodeAsync(late);

        for (var round = 0; round < 5; round++)
        {
            await World.AllAtOnceAsync(8, number => (number % 2 == 0 ? world : other).LogAsync($"round.{round}"));
            world.Clock.Advance(TimeSpan.FromMilliseconds(700));
            late.Advance(TimeSpan.FromMilliseconds(700));
        }

        Assert.Equal(40, await Chains.HoldAsync(world, "application"));
        var alone = (await other.LogAsync("later")).Value;
        Assert.True(alone.At > late.Now(), "no entry is older than the one before it");
    }

    [Theory, EachEngine]
    public async Task Of_sixty_four_entries_at_once_those_within_the_plan_are_taken(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new() { RequestsPerMinute = 100, AuditEntries = 20 } });
        await using var other = await world.NodeAsync();

        var logged = await World.AllAtOnceAsync(64, number => (number % 2 == 0 ? world : other).LogAsync("mail.send"));

        Assert.Equal(20, logged.Count(result => result.Succeeded));
        Assert.All(logged.Where(result => !result.Succeeded), result => Assert.Equal((FailureKind.PlanLimit, "PLAN_LIMIT_EXCEEDED"), (result.Failure!.Kind, result.Failure.Code)));
        Assert.Equal(20, await Chains.HoldAsync(world, "application"));
        var (elsewhere, _) = await world.OrganizationAsync("Another Co");
        var what = new Logged("a", "d", "g", "p", "x", "{}", LoggedStatus.Success);
        Assert.True((await world.Get<LogEntry>().RunAsync(elsewhere.Organization.ToString(), null, what, World.Ct)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Many_organizations_share_transactions_and_nothing_else(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var what = new Logged("a", "d", "g", "p", "x", "{}", LoggedStatus.Success);

        var logged = await World.AllAtOnceAsync(100, number =>
            (number % 3 == 0 ? world : other).Get<LogEntry>().RunAsync($"dev_{number % 20}", null, what, World.Ct));

        foreach (var organization in logged.GroupBy(result => result.Value.Organization))
        {
            Assert.Equal([1, 2, 3, 4, 5], organization.Select(result => result.Value.Sequence).Order());
        }
    }

    [Theory, EachEngine]
    public async Task What_the_database_may_not_take_fails_none_of_its_neighbours(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);

        var logged = await World.AllAtOnceAsync(16, async number =>
        {
            try
            {
                return (await world.LogAsync(number == 7 ? "half a pair: \ud800" : "mail.send")).Succeeded;
            }
            catch (Exception) when (number == 7)
            {
                return false;
            }
        });

        Assert.All(logged.Where((_, number) => number != 7), Assert.True);
        Assert.Equal(logged.Count(taken => taken), await Chains.HoldAsync(world, "application"));
    }

    [Theory, EachEngine]
    public async Task A_transaction_that_dies_leaves_nothing_and_the_next_goes_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var organization = world.Caller.Organization.ToString();
        await world.LogAsync("before");
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            var chain = (await HeldChain.HoldAsync(tx, AuditLog.ApplicationChain, [organization], World.Ct))[organization];
            var id = Id<AuditEntry>.NewAfter(chain.LastId, world.Now);
            chain.Append(id, world.Now, "{}", new Logged("a", "d", "g", "p", "lost", "{}", LoggedStatus.Success));
            await HeldChain.SaveAsync(tx, [chain], World.Ct);
        }

        await world.LogAsync("after");

        Assert.Equal(2, await Chains.HoldAsync(world, "application"));
    }
}
