using Credence.Agents;
using Credence.Storage;
using Credence.Tests.Support;
using static Credence.Tests.Support.World;

namespace Credence.Tests.Agents;

public sealed class StopAgentTests
{
    [Theory, EachEngine]
    public async Task An_operator_stops_an_agent_whosever_it_is_and_lets_it_go_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        var stop = world.Get<StopAgent>();

        Assert.Equal(AgentStatus.Suspended, (await stop.RunAsync(world.Agent.Id, stop: true, "command-line", Ct)).Value.Status);
        Assert.NotNull(await world.RefusalAsync(grant));
        Assert.Equal(AgentStatus.Suspended, (await stop.RunAsync(world.Agent.Id, stop: true, "command-line", Ct)).Value.Status);
        Assert.Equal(AgentStatus.Active, (await stop.RunAsync(world.Agent.Id, stop: false, "command-line", Ct)).Value.Status);
        Assert.Null(await world.RefusalAsync(grant));

        Assert.Equal(1, await world.AuditedAsync("agent.suspended", "\"actor\":\"command-line\""));
        Assert.Equal(1, await world.AuditedAsync("agent.reactivated", "\"actor\":\"command-line\""));
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from events where type in ('agent.suspended', 'agent.reactivated')"));
    }

    [Theory, EachEngine]
    public async Task One_that_is_gone_for_good_stays_so(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using (var tx = await world.Db.BeginAsync(Ct))
        {
            await tx.ExecuteAsync($"update agents set status = 'decommissioned' where id = {world.Agent.Id}", Ct);
            await tx.CommitAsync();
        }

        Assert.Equal(AgentFailures.Decommissioned, (await world.Get<StopAgent>().RunAsync(world.Agent.Id, stop: false, "command-line", Ct)).Failure);
        Assert.Equal(AgentFailures.NotFound, (await world.Get<StopAgent>().RunAsync(Id<Agent>.New(world.Now), stop: true, "command-line", Ct)).Failure);
    }
}
