using Credence.Agents;
using Credence.Consent;
using Credence.Grants;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Agents;

public sealed class StoppedAgentTests
{
    private static Task<Result<Agent>> SetAsync(World world, AgentStatus status) =>
        world.Get<ChangeAgent>().RunAsync(world.Caller, world.Agent.Id, new(null, null, null, null, status), World.Ct);

    [Theory, EachEngine]
    public async Task A_suspended_agents_tokens_stop_and_go_on_when_it_is_active_again(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        var code = await world.CodeAsync("email:send");

        await SetAsync(world, AgentStatus.Suspended);
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(grant));
        Assert.Equal(TokenFailures.RefreshInvalid, (await world.RefreshAsync(grant.Token.RefreshToken)).Failure);
        Assert.Equal(TokenFailures.CodeInvalid, (await world.ExchangeAsync(code)).Failure);
        var asked = await world.Get<RequestConsent>().RunAsync(
            world.Caller, new(world.Agent.Id.ToString(), "ada", ["email:send"], null, null, null, TimeSpan.FromHours(1), null), World.Ct);
        Assert.Equal(AgentFailures.NotFound, asked.Failure);

        await SetAsync(world, AgentStatus.Active);
        Assert.Null(await world.RefusalAsync(grant));
        Assert.True((await world.ExchangeAsync(code)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_deleted_agent_takes_everything_it_passed_on_with_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var helper = await world.AgentAsync("helper");
        var root = await world.GrantAsync("email:send");
        var child = (await world.DelegateAsync(root, helper, "email:send")).Value;

        Assert.Equal(2, (await world.Get<EndAgent>().RunAsync(world.Caller, world.Agent.Id, World.Ct)).Value);

        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(root));
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(child));
        Assert.Null(await AgentStore.FindAsync(world.Db, world.Caller.Organization, world.Agent.Id, World.Ct));
        Assert.Equal(AgentFailures.NotFound, (await world.Get<EndAgent>().RunAsync(world.Caller, world.Agent.Id, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task Deleting_an_agent_while_its_code_is_exchanged_leaves_no_grant_alive(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        for (var round = 0; round < 8; round++)
        {
            var codes = new List<string>();
            for (var number = 0; number < 4; number++) codes.Add(await world.CodeAsync("email:send"));
            var agent = world.Agent;
            var exchanges = World.AllAtOnceAsync(4, number => world.ExchangeAsync(codes[number]));
            var ended = await world.Get<EndAgent>().RunAsync(world.Caller, agent.Id, World.Ct);
            await exchanges;

            Assert.True(ended.Succeeded);
            Assert.Equal(0, await world.CountAsync($"select count(*) as n from grants where agent_id = {agent.Id} and status = 'active'"));
            await world.ReplaceAgentAsync();
        }
    }
}
