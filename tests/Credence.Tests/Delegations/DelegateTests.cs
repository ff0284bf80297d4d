using System.Text;
using System.Text.Json;
using Credence.Agents;
using Credence.Delegations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Delegations;

public sealed class DelegateTests
{
    [Theory, EachEngine]
    public async Task An_agent_passes_on_what_it_may_do_and_the_token_says_so(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = await TwoAsync(world);

        var issued = (await world.DelegateAsync(world.As(ada, "agents:read", "tokens:read"), bob, ["agents:read", "tokens:read"])).Value;

        Assert.Null(await world.RefusalAsync(issued));
        var claims = (await world.Get<CheckDelegation>().RunAsync(world.Caller.Organization, issued.Token, World.Ct)).Value.Claims!;
        Assert.Equal((ada.Id, bob.Id, issued.Delegation.Id), (claims.Delegator, claims.Delegatee, claims.Id));
        Assert.Equal(["agents:read", "tokens:read"], claims.Scopes);
        Assert.Equal(world.Now.AddHours(1), claims.ExpiresAt);
        Assert.Equal(1, await world.AuditedAsync("delegation.created", issued.Delegation.Id.ToString()));
        using var header = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(issued.Token.Split('.')[0]));
        using var payload = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(issued.Token.Split('.')[1]));
        Assert.Equal("delegation+jwt", header.RootElement.GetProperty("typ").GetString());
        Assert.Equal(ada.Id.Value, payload.RootElement.GetProperty("sub").GetGuid());
        Assert.Equal(bob.Id.Value, payload.RootElement.GetProperty("azp").GetGuid());
        Assert.Equal(bob.Id.Value, payload.RootElement.GetProperty("act").GetProperty("sub").GetGuid());
    }

    [Theory, EachEngine]
    public async Task Nobody_passes_on_what_it_has_not_or_to_whom_it_must_not(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = await TwoAsync(world);
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var foreign = (await world.Get<CreateAgent>().RunAsync(stranger, new CreateAgent.Input("foreign", "", [], []), World.Ct)).Value;
        var caller = world.As(ada, "agents:read");

        Assert.Equal("scope_exceeded", (await world.DelegateAsync(caller, bob, ["agents:read", "agents:write"])).Failure?.Reason);
        Assert.Equal("self_delegation", (await world.DelegateAsync(caller, ada, ["agents:read"])).Failure?.Reason);
        Assert.Equal(AgentFailures.Unknown, (await world.DelegateAsync(caller, foreign, ["agents:read"])).Failure);
        await SuspendAsync(world, bob);
        Assert.Equal("delegatee_inactive", (await world.DelegateAsync(caller, bob, ["agents:read"])).Failure?.Reason);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from delegations"));
    }

    [Theory, EachEngine]
    public async Task A_chain_only_shrinks_and_ends_at_five(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var agents = await world.AgentsAsync(7);
        var link = (await world.DelegateAsync(world.As(agents[0], "a:1", "a:2"), agents[1], ["a:1", "a:2"], lifetime: TimeSpan.FromHours(1))).Value;
        var first = link;

        Assert.Equal("not_delegatee", (await world.DelegateAsync(world.As(agents[2], "a:1"), agents[3], ["a:1"], link)).Failure?.Reason);
        Assert.Equal("scope_exceeded", (await world.DelegateAsync(world.As(agents[1], "a:3"), agents[2], ["a:3"], link)).Failure?.Reason);
        Assert.Equal("cycle", (await world.DelegateAsync(world.As(agents[1]), agents[0], ["a:1"], link)).Failure?.Reason);
        for (var at = 1; at < 5; at++) link = (await world.DelegateAsync(world.As(agents[at]), agents[at + 1], ["a:1"], link, TimeSpan.FromHours(24))).Value;

        Assert.Equal(5, link.Delegation.Depth);
        Assert.Equal(first.Delegation.ExpiresAt, link.Delegation.ExpiresAt);
        Assert.Equal(first.Delegation.Id, link.Delegation.RootId);
        Assert.Null(await world.RefusalAsync(link));
        Assert.Equal("chain_too_deep", (await world.DelegateAsync(world.As(agents[5]), agents[6], ["a:1"], link)).Failure?.Reason);
        Assert.Equal("cycle", (await world.DelegateAsync(world.As(agents[1]), agents[0], ["a:1"], first)).Failure?.Reason);
    }

    [Theory, EachEngine]
    public async Task Another_organizations_token_continues_nothing_here_and_counts_for_nothing(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = await TwoAsync(world);
        var issued = (await world.DelegateAsync(world.As(ada, "a:1"), bob, ["a:1"])).Value;
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var foreign = DelegationWorld.Caller(stranger.Organization, bob);

        Assert.Equal("parent_invalid", (await world.DelegateAsync(foreign, ada, ["a:1"], issued)).Failure?.Reason);
        var seen = (await world.Get<CheckDelegation>().RunAsync(stranger.Organization, issued.Token, World.Ct)).Value;
        Assert.Equal((null, DelegationRefusal.InvalidToken), (seen.Claims, seen.Reason));
    }

    [Theory, EachEngine]
    public async Task It_counts_only_for_its_time_and_in_its_one_spelling(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = await TwoAsync(world);
        var issued = (await world.DelegateAsync(world.As(ada, "a:1"), bob, ["a:1"], lifetime: TimeSpan.FromMinutes(1))).Value;
        var parts = issued.Token.Split('.');
        var more = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1])).Replace("a:1", "a:2", StringComparison.Ordinal);
        var forged = issued with { Token = $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(more))}.{parts[2]}" };
        var grant = await world.GrantAsync("email:send");

        Assert.Equal(DelegationRefusal.InvalidToken, await world.RefusalAsync(forged));
        Assert.Equal(DelegationRefusal.InvalidToken, await world.RefusalAsync(issued with { Token = grant.Token.Jwt }));
        Assert.Null(await world.RefusalAsync(issued));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(DelegationRefusal.Expired, await world.RefusalAsync(issued));
        Assert.Equal("parent_ended", (await world.DelegateAsync(world.As(bob), await world.AgentAsync("third"), ["a:1"], issued)).Failure?.Reason);
    }

    [Theory, EachEngine]
    public async Task What_was_given_and_received_is_listed_newest_first_a_page_at_a_time(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var agents = await world.AgentsAsync(4);
        var given = new List<IssuedDelegation>();
        foreach (var to in agents[1..])
        {
            given.Add((await world.DelegateAsync(world.As(agents[0], "a:1"), to, ["a:1"])).Value);
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await world.RevokeAsync(world.As(agents[0]), given[1]);
        var all = new DelegationFilter(agents[0].Id, Received: false, Live: null, world.Now);
        var page = await DelegationStore.ListAsync(world.Db, all, 2, 1, World.Ct);

        Assert.Equal([given[1].Delegation.Id, given[0].Delegation.Id], page.Select(one => one.Id));
        Assert.Equal(3, await DelegationStore.CountAsync(world.Db, all, World.Ct));
        Assert.Equal(2, await DelegationStore.CountAsync(world.Db, all with { Live = true }, World.Ct));
        Assert.Equal(1, await DelegationStore.CountAsync(world.Db, all with { Live = false }, World.Ct));
        Assert.Equal(1, await DelegationStore.CountAsync(world.Db, all with { Agent = agents[1].Id, Received = true }, World.Ct));
        Assert.Equal(0, await DelegationStore.CountAsync(world.Db, all with { Agent = agents[1].Id }, World.Ct));
    }

    private static async Task<(Agent Ada, Agent Bob)> TwoAsync(World world) => (await world.AgentAsync("ada"), await world.AgentAsync("bob"));

    private static Task<Result<Agent>> SuspendAsync(World world, Agent agent) =>
        world.Get<ChangeAgent>().RunAsync(world.Caller, agent.Id, new ChangeAgent.Input(null, null, null, null, AgentStatus.Suspended), World.Ct);
}
