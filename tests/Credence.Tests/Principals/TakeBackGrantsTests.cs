using Credence.Agents;
using Credence.Grants;
using Credence.Principals;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Principals;

public sealed class TakeBackGrantsTests
{
    [Theory, EachEngine]
    public async Task Everything_of_one_agent_ends_and_nothing_of_others(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var helper = await world.AgentAsync("helper");
        var (first, second) = (await world.GrantAsync("email:send"), await world.GrantAsync("calendar:read"));
        var passedOn = (await world.DelegateAsync(first, helper, "email:send")).Value;
        var stopped = world.Agent;
        await world.ReplaceAgentAsync();
        var others = await world.GrantAsync("email:send");

        Assert.Equal(3, await TakeBackAsync(world, stopped.Id));

        foreach (var grant in new[] { first, second, passedOn }) Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(grant));
        Assert.Null(await world.RefusalAsync(others));
        Assert.Equal(0, await TakeBackAsync(world, stopped.Id));
        Assert.Equal(3, await world.CountAsync($"select count(*) as n from audit_pending where body like '%\"actor\":\"principal\"%\"grant.revoked\"%'"));
    }

    [Theory, EachEngine]
    public async Task Taking_back_what_was_passed_on_leaves_the_giver_alive(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var helper = await world.AgentAsync("helper");
        var root = await world.GrantAsync("email:send");
        var passedOn = (await world.DelegateAsync(root, helper, "email:send")).Value;

        Assert.Equal(1, await TakeBackAsync(world, helper.Id));

        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(passedOn));
        Assert.Null(await world.RefusalAsync(root));
    }

    [Theory, EachEngine]
    public async Task Everything_is_everything_of_this_person_here_even_when_it_is_more_than_a_transaction_takes(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grants = new List<IssuedGrant>();
        for (var number = 0; number < 205; number++) grants.Add(await world.GrantAsync("email:send"));
        var session = await SessionAsync(world);
        var stranger = session with { Principal = "bob" };
        var (other, _) = await world.OrganizationAsync("Stranger Ltd");

        Assert.Equal(0, await world.Get<TakeBackGrants>().RunAsync(stranger, null, World.Ct));
        Assert.Equal(0, await world.Get<TakeBackGrants>().RunAsync(session with { Organization = other.Organization }, null, World.Ct));
        Assert.Equal(205, await world.Get<TakeBackGrants>().RunAsync(session, null, World.Ct));
        foreach (var grant in grants) Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(grant));
    }

    [Theory, EachEngine]
    public async Task Many_who_stop_all_at_once_end_each_grant_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var helper = await world.AgentAsync("helper");
        for (var number = 0; number < 6; number++) await world.DelegateAsync(await world.GrantAsync("email:send"), helper, "email:send");
        var session = await SessionAsync(world);

        var ended = await World.AllAtOnceAsync(20, number =>
            world.Get<TakeBackGrants>().RunAsync(session, number % 2 == 0 ? null : helper.Id, World.Ct));

        Assert.Equal(12, ended.Sum());
        Assert.Equal(12, await world.CountAsync($"select count(*) as n from audit_pending where body like '%\"grant.revoked\"%'"));
    }

    [Theory, EachEngine]
    public async Task Nothing_that_is_passed_on_meanwhile_outlives_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var helper = await world.AgentAsync("helper");
        var root = await world.GrantAsync("email:send");
        var session = await SessionAsync(world);

        await World.AllAtOnceAsync(20, async number => number == 10
            ? await world.Get<TakeBackGrants>().RunAsync(session, null, World.Ct)
            : (await world.DelegateAsync(root, helper, "email:send")).Succeeded ? 1 : 0);

        Assert.Equal(0, await world.CountAsync($"select count(*) as n from grants where status = 'active'"));
    }

    [Theory, EachEngine]
    public async Task A_person_ends_only_what_they_granted(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        var revoke = world.Get<RevokeGrant>();

        Assert.Equal(GrantFailures.NotFound, (await revoke.RunAsync(world.Caller.Organization, "bob", grant.Grant.Id, PrincipalSession.Actor, World.Ct)).Failure);
        Assert.Null(await world.RefusalAsync(grant));
        Assert.Equal(1, (await revoke.RunAsync(world.Caller.Organization, "ada", grant.Grant.Id, PrincipalSession.Actor, World.Ct)).Value);
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(grant));
    }

    private static async Task<PrincipalSession> SessionAsync(World world) =>
        (await world.Get<OpenSession>().RunAsync(world.Caller, "ada", null, World.Ct)).Value.Session;

    private static async Task<int> TakeBackAsync(World world, Id<Agent> agent)
    {
        var session = new PrincipalSession(Id<PrincipalSession>.New(world.Now), world.Caller.Organization, "ada", world.Now, world.Now.AddHours(1));
        return await world.Get<TakeBackGrants>().RunAsync(session, agent, World.Ct);
    }
}
