using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Organizations;

public sealed class PlanGateTests
{
    [Theory, EachEngine]
    public async Task Twenty_agents_at_once_do_not_overrun_one_place(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new PlanLimits { Agents = 3, ActiveGrants = 10 } });
        await world.AgentAsync("second of three");

        var answers = await World.AllAtOnceAsync(
            20, number => world.Get<CreateAgent>().RunAsync(world.Caller, new($"agent {number}", "", [], []), World.Ct));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.All(answers.Where(answer => !answer.Succeeded), answer => Assert.Equal("PLAN_LIMIT_EXCEEDED", answer.Failure!.Code));
        Assert.Equal(3, await world.CountAsync($"select count(*) as n from agents"));
    }

    [Theory, EachEngine]
    public async Task Twenty_exchanges_at_once_do_not_overrun_one_place(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new PlanLimits { Agents = 3, ActiveGrants = 2 } });
        var codes = new List<string>();
        for (var number = 0; number < 20; number++) codes.Add(await world.CodeAsync("email:send"));
        await world.GrantAsync("email:send");

        var answers = await World.AllAtOnceAsync(20, number => world.ExchangeAsync(codes[number]));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from grants where status = 'active'"));
    }

    [Theory, EachEngine]
    public async Task Two_hundred_creations_at_once_over_two_nodes_take_the_ten_places_left(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new PlanLimits { Agents = 40, ActiveGrants = 30 } });
        await using var other = await world.NodeAsync();
        for (var number = 1; number < 30; number++) await world.AgentAsync($"agent {number}");
        for (var number = 0; number < 20; number++) await world.GrantAsync("email:send");
        var codes = new List<string>();
        for (var number = 0; number < 40; number++) codes.Add(await world.CodeAsync("email:send"));

        var agents = await World.AllAtOnceAsync(200, number => Node(number).Get<CreateAgent>().RunAsync(world.Caller, new($"one more {number}", "", [], []), World.Ct));
        var grants = await World.AllAtOnceAsync(40, number => Node(number).ExchangeAsync(codes[number]));

        Assert.Equal(10, agents.Count(answer => answer.Succeeded));
        Assert.Equal(10, grants.Count(answer => answer.Succeeded));
        Assert.Equal(40, await world.CountAsync($"select count(*) as n from agents"));
        Assert.Equal(30, await world.CountAsync($"select count(*) as n from grants"));

        World Node(int number) => number % 2 == 0 ? world : other;
    }

    [Theory, EachEngine]
    public async Task A_delegated_grant_is_given_past_the_limit_and_takes_its_place(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new PlanLimits { Agents = 1, ActiveGrants = 33 } });
        var root = await world.GrantAsync("email:send"); // deals out the 32 places that are left, two on each row
        var code = await world.CodeAsync("email:send");
        for (var number = 0; number < 33; number++) Assert.True((await world.DelegateAsync(root, world.Agent, "email:send")).Succeeded);

        Assert.Equal("PLAN_LIMIT_EXCEEDED", (await world.ExchangeAsync(code)).Failure?.Code);
    }

    [Theory, EachEngine]
    public async Task What_was_made_without_a_limit_counts_when_there_is_one(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new PlanLimits { Agents = 5 }, Pro = new PlanLimits() });
        var paying = world.Caller with { Plan = Plan.Pro };
        for (var number = 0; number < 5; number++) Assert.True((await world.Get<CreateAgent>().RunAsync(paying, new($"agent {number}", "", [], []), World.Ct)).Succeeded);
        world.Clock.Advance(TimeSpan.FromHours(2)); // places that were dealt before are not believed for ever

        Assert.Equal("PLAN_LIMIT_EXCEEDED", (await world.Get<CreateAgent>().RunAsync(world.Caller, new("one more", "", [], []), World.Ct)).Failure?.Code);
    }

    [Theory, EachEngine]
    public async Task A_place_is_free_again_when_a_grant_ends_or_an_agent_goes(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new PlanLimits { Agents = 1, ActiveGrants = 1 } });
        var first = await world.GrantAsync("email:send");
        var asked = await world.Get<Credence.Consent.RequestConsent>().RunAsync(
            world.Caller, new(world.Agent.Id.ToString(), "ada", ["email:send"], null, null, null, TimeSpan.FromHours(1), null), World.Ct);
        Assert.Equal("PLAN_LIMIT_EXCEEDED", asked.Failure!.Code);

        await world.RevokeAsync(first);
        var second = await world.GrantAsync("email:send");
        world.Clock.Advance(second.Grant.ExpiresAt - world.Now);
        await world.Revocations.CatchUpAsync(World.Ct);
        await world.GrantAsync("email:send");

        await world.Get<Credence.Grants.EndAgent>().RunAsync(world.Caller, world.Agent.Id, World.Ct);
        await world.ReplaceAgentAsync();
    }
}
