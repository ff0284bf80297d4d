using Credence.Agents;
using Credence.Delegations;
using Credence.Grants;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Delegations;

public sealed class RevokeDelegationTests
{
    [Theory, EachEngine]
    public async Task Revoking_ends_everything_that_continues_it_on_every_node_and_again_changes_nothing(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var agents = await world.AgentsAsync(4);
        var links = await ChainAsync(world, agents);
        var beside = (await world.DelegateAsync(world.As(agents[0], "a:1"), agents[1], ["a:1"])).Value;

        Assert.Equal(2, (await world.RevokeAsync(world.As(agents[1]), links[1])).Value);
        Assert.Equal(0, (await world.RevokeAsync(world.As(agents[1]), links[1])).Value);

        Assert.Null(await world.RefusalAsync(links[0]));
        Assert.Null(await world.RefusalAsync(beside));
        Assert.Equal(DelegationRefusal.Revoked, await world.RefusalAsync(links[1]));
        Assert.Equal(DelegationRefusal.Revoked, await world.RefusalAsync(links[2]));
        await other.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(DelegationRefusal.Revoked, await other.RefusalAsync(links[2]));
        Assert.Equal(2, await world.AuditedAsync("delegation.revoked"));
        Assert.Equal("parent_ended", (await world.DelegateAsync(world.As(agents[2]), agents[3], ["a:1"], links[1])).Failure?.Reason);
    }

    [Theory, EachEngine]
    public async Task Only_who_delegated_may_revoke_or_who_administers_the_installation(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var agents = await world.AgentsAsync(4);
        var links = await ChainAsync(world, agents);
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var foreign = DelegationWorld.Caller(stranger.Organization, agents[0]);

        Assert.Equal(DelegationFailures.NotDelegator, (await world.RevokeAsync(world.As(agents[1]), links[0])).Failure);
        Assert.Equal(DelegationFailures.NotFound, (await world.RevokeAsync(foreign, links[0])).Failure);
        Assert.Null(await world.RefusalAsync(links[0]));
        Assert.Equal(3, (await world.RevokeAsync(DelegationWorld.Caller(stranger.Organization, agents[0], AgentScopes.AdminOrganizations), links[0])).Value);
    }

    [Theory, EachEngine]
    public async Task A_chain_rests_while_one_of_its_agents_is_suspended_and_ends_with_one_that_is_decommissioned(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var agents = await world.AgentsAsync(4);
        var links = await ChainAsync(world, agents);

        await SetAsync(world, agents[0], AgentStatus.Suspended);
        Assert.Equal(DelegationRefusal.PartyInactive, await world.RefusalAsync(links[2]));
        await SetAsync(world, agents[0], AgentStatus.Active);
        Assert.Null(await world.RefusalAsync(links[2]));

        await world.Get<EndAgent>().RunAsync(world.Caller, agents[1].Id, World.Ct);
        foreach (var link in links) Assert.Equal(DelegationRefusal.Revoked, await world.RefusalAsync(link));
        Assert.Equal(3, await world.AuditedAsync("delegation.revoked"));
    }

    /// <summary>Whoever wins, no delegation lives on beneath one that was revoked.</summary>
    [Theory, EachEngine]
    public async Task Delegating_races_with_the_revocation_of_what_is_continued(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var agents = await world.AgentsAsync(3);
        var parent = (await world.DelegateAsync(world.As(agents[0], "a:1"), agents[1], ["a:1"])).Value;

        var answers = await World.AllAtOnceAsync(24, async number =>
        {
            if (number != 12) return await world.DelegateAsync(world.As(agents[1]), agents[2], ["a:1"], parent);
            await world.RevokeAsync(world.As(agents[0]), parent);
            return DelegationFailures.ParentEnded;
        });

        Assert.All(answers, answer => Assert.True(answer.Succeeded || answer.Failure == DelegationFailures.ParentEnded));
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from delegations where revoked_ms is null"));
        foreach (var issued in answers.Where(answer => answer.Succeeded)) Assert.Equal(DelegationRefusal.Revoked, await world.RefusalAsync(issued.Value));
    }

    [Theory, EachEngine]
    public async Task Delegating_races_with_the_end_of_the_agent_that_receives(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var agents = await world.AgentsAsync(2);

        var answers = await World.AllAtOnceAsync(24, async number =>
        {
            if (number != 12) return await world.DelegateAsync(world.As(agents[0], "a:1"), agents[1], ["a:1"]);
            await world.Get<EndAgent>().RunAsync(world.Caller, agents[1].Id, World.Ct);
            return DelegationFailures.DelegateeInactive;
        });

        Assert.All(answers, answer => Assert.True(answer.Succeeded || answer.Failure == DelegationFailures.DelegateeInactive));
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from delegations where revoked_ms is null"));
    }

    private static async Task<IssuedDelegation[]> ChainAsync(World world, Agent[] agents)
    {
        var links = new IssuedDelegation[agents.Length - 1];
        for (var at = 0; at < links.Length; at++)
        {
            links[at] = (await world.DelegateAsync(world.As(agents[at], "a:1"), agents[at + 1], ["a:1"], at == 0 ? null : links[at - 1])).Value;
        }

        return links;
    }

    private static Task<Result<Agent>> SetAsync(World world, Agent agent, AgentStatus status) =>
        world.Get<ChangeAgent>().RunAsync(world.Caller, agent.Id, new ChangeAgent.Input(null, null, null, null, status), World.Ct);
}
