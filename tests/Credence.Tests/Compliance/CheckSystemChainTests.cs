using Credence.Audit;
using Credence.Compliance;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Compliance;

/// <summary>Whether what the server recorded is still what it recorded (contract agent-idp AE-16, AE-18, B.15).</summary>
public sealed class CheckSystemChainTests
{
    private const string Agent = "ag_01J0000000000000000000000A";

    private static readonly Period Always = new(null, null);

    [Theory, EachEngine]
    public async Task A_chain_that_nobody_touched_holds_and_every_entry_is_checked(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RecordAsync(world, 25);

        var found = await CheckAsync(world, Always);

        Assert.True(found.IsValid);
        Assert.Equal(await SealedAsync(world), found.Checked);
        Assert.Equal(1, await CheckSystemChain.IsIntactAsync(world.Db, World.Ct));
    }

    [Theory, EachEngine]
    public async Task One_byte_changed_is_named_until_it_is_changed_back(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RecordAsync(world, 10);
        await CheckAsync(world, Always);
        var changed = await IdAsync(world, 5);
        await SqlAsync(world, $"update audit_entries set body = replace(body, 'number', 'Number') where id = {changed}");

        Assert.Equal((changed, ChainBreak.Content), await BreakAsync(world));
        Assert.Equal(0, await CheckSystemChain.IsIntactAsync(world.Db, World.Ct));

        await SqlAsync(world, $"update audit_entries set body = replace(body, 'Number', 'number') where id = {changed}");
        Assert.Equal((null, null), await BreakAsync(world));
        Assert.Equal(1, await CheckSystemChain.IsIntactAsync(world.Db, World.Ct));
    }

    [Theory, EachEngine]
    public async Task Whatever_else_is_changed_shows_too(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RecordAsync(world, 10);
        await CheckAsync(world, Always);
        var entry = await IdAsync(world, 5);
        foreach (var sql in (Sql[])[
            $"update audit_entries set about_agent = 'ag_other' where id = {entry}", $"update audit_entries set outcome = 'failure' where id = {entry}",
            $"update audit_entries set created_ms = created_ms + 1 where id = {entry}", $"update audit_entries set body = '' where id = {entry}"])
        {
            await SqlAsync(world, sql);
            Assert.Equal((entry, ChainBreak.Content), await BreakAsync(world));
            await SqlAsync(world, $"update audit_entries set about_agent = {Agent}, outcome = 'success' where id = {entry}");
            if (sql.Text.Contains("created_ms", StringComparison.Ordinal)) await SqlAsync(world, $"update audit_entries set created_ms = created_ms - 1 where id = {entry}");
        }

        var next = (await world.Db.FirstAsync(
            $"select n.id from audit_entries e join audit_entries n on n.organization_id = e.organization_id and n.chain = e.chain and n.seq = e.seq + 1 where e.id = {entry}",
            row => row.Text("id"), World.Ct))!; // not the agent's next: those of a millisecond are in no order, and there are others
        await SqlAsync(world, $"delete from audit_entries where id = {entry}");
        Assert.Equal((next, ChainBreak.Link), await BreakAsync(world));
    }

    [Theory, EachEngine]
    public async Task A_cut_off_end_and_a_chain_written_anew_show(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RecordAsync(world, 10);
        await CheckAsync(world, Always);
        var last = await SealedAsync(world);
        await SqlAsync(world, $"delete from audit_entries where chain = 'system' and seq = {last}");

        Assert.Equal(ChainBreak.Link, (await CheckAsync(world, Always)).Reason);
    }

    [Theory, EachEngine]
    public async Task A_part_that_holds_does_not_clear_the_whole(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RecordAsync(world, 5);
        await CheckAsync(world, Always);
        var changed = await IdAsync(world, 2);
        await SqlAsync(world, $"update audit_entries set body = body || ' ' where id = {changed}");
        await CheckAsync(world, Always);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await RecordAsync(world, 3);

        var part = await CheckAsync(world, new Period(world.Now.AddMinutes(-5), null));

        Assert.Equal((true, 3L), (part.IsValid, part.Checked));
        Assert.Equal(0, await CheckSystemChain.IsIntactAsync(world.Db, World.Ct));
        await world.Get<CheckSystemChain>().RunAsync(World.Ct);
        Assert.Equal(0, await CheckSystemChain.IsIntactAsync(world.Db, World.Ct));
    }

    [Theory, EachEngine]
    public async Task Entries_are_found_by_agent_type_outcome_and_time_newest_first(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var start = world.Now;
        await RecordAsync(world, 3);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await RecordAsync(world, 2, "auth.failed");
        await world.Get<SealAudit>().CatchUpAsync(Organization(world), World.Ct);

        var failed = await PageAsync(world, new SystemFilter(Agent, null, "failure", null, null));
        Assert.Equal(2, failed.Total);
        Assert.All(failed.Page, entry => Assert.Equal(("auth.failed", "failure", Agent, "203.0.113.9"), (entry.Type, entry.Outcome, entry.Agent, entry.Origin!.Address)));
        Assert.Equal(["number 0", "number 1"], failed.Page.Select(entry => entry.Data["what"]).Order(StringComparer.Ordinal));
        Assert.Equal(3, (await PageAsync(world, new SystemFilter(null, "agent.updated", null, null, null))).Total);
        Assert.Equal(2, (await PageAsync(world, new SystemFilter(Agent, null, null, start.AddMinutes(30), null))).Total);
        Assert.Equal(3, (await PageAsync(world, new SystemFilter(Agent, null, "success", start, start))).Total);
        Assert.Equal(0, (await PageAsync(world, new SystemFilter("ag_nobody", null, null, null, null))).Total);
        Assert.Single((await SystemStore.PageAsync(world.Db, Organization(world), new SystemFilter(Agent, null, null, null, null), 3, 2, World.Ct)).Page);
    }

    [Theory, EachEngine]
    public async Task Fifty_that_act_at_once_are_fifty_entries_of_a_chain_that_holds(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await World.AllAtOnceAsync(50, async _ =>
        {
            await RecordAsync(world, 1);
            return await CheckAsync(world, Always);
        });

        var found = await CheckAsync(world, Always);
        Assert.True(found.IsValid);
        Assert.Equal(50, (await PageAsync(world, new SystemFilter(Agent, null, null, null, null))).Total);
    }

    private static string Organization(World world) => world.Caller.Organization.ToString();

    private static async Task<ChainIntegrity> CheckAsync(World world, Period period) =>
        (await world.Get<CheckSystemChain>().RunAsync(Organization(world), period, World.Ct)).Value;

    private static async Task<(string? Entry, ChainBreak? Reason)> BreakAsync(World world)
    {
        var found = await CheckAsync(world, Always);
        return (found.FirstBroken, found.Reason);
    }

    private static Task<(List<SystemEntry> Page, long Total)> PageAsync(World world, SystemFilter filter) =>
        SystemStore.PageAsync(world.Db, Organization(world), filter, 1, 100, World.Ct);

    private static Task<long> SealedAsync(World world) =>
        world.CountAsync($"select count(*) as n from audit_entries where chain = 'system' and organization_id = {Organization(world)}");

    private static async Task<string> IdAsync(World world, long sequence) =>
        (await world.Db.FirstAsync(
            $"select id from audit_entries where chain = 'system' and organization_id = {Organization(world)} and about_agent = {Agent} order by seq limit 1 offset {sequence - 2}",
            row => row.Text("id"), World.Ct))!;

    private static async Task RecordAsync(World world, int count, string type = "agent.updated")
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        for (var number = 0; number < count; number++)
        {
            var act = new AuditEvent(Organization(world), type, "somebody", Agent)
            {
                Data = new(StringComparer.Ordinal) { ["what"] = $"number {number}" },
                Origin = new AuditOrigin("203.0.113.9", null),
            };
            await AuditLog.AppendAsync(tx, act, world.Now, World.Ct);
        }

        await tx.CommitAsync();
    }

    private static async Task SqlAsync(World world, Sql sql)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        await tx.ExecuteAsync(sql, World.Ct);
        await tx.CommitAsync();
    }
}
