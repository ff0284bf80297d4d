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
