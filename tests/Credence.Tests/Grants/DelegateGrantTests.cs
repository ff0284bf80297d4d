using Credence.Agents;
using Credence.Grants;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Grants;

public sealed class DelegateGrantTests
{
    [Theory, EachEngine]
    public async Task Authority_only_shrinks_as_it_is_passed_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var helper = await world.AgentAsync("helper");
        var code = await world.ApproveAsync(await world.AskAsync(["calendar:read", "email:send"], TimeSpan.FromMinutes(30), audience: "https://api.example.test"));
        var root = (await world.ExchangeAsync(code)).Value;

        var child = (await world.DelegateAsync(root, helper, "email:send")).Value;

        Assert.Equal(["email:send"], child.Token.Claims.Scopes);
        Assert.Equal(root.Grant.Id, child.Token.Claims.ParentGrant);
        Assert.Equal(world.Agent.Id, child.Token.Claims.ParentAgent);
        Assert.Equal(1, child.Token.Claims.Depth);
        Assert.Equal("https://api.example.test", child.Token.Claims.Audience);
        Assert.Equal(root.Token.Claims.ExpiresAt.ToUnixTimeSeconds(), child.Token.Claims.ExpiresAt.ToUnixTimeSeconds()); // asked for an hour, the parent has half
        Assert.Equal(GrantFailures.ScopeBeyondParent("calendar:read"), (await world.DelegateAsync(child, helper, "calendar:read")).Failure);
    }

    [Theory, EachEngine]
    public async Task Authority_is_passed_on_three_times_and_no_further(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var held = await world.GrantAsync("email:send");
        for (var depth = 1; depth <= 3; depth++) held = (await world.DelegateAsync(held, world.Agent, "email:send")).Value;

        Assert.Equal(GrantFailures.TooDeep(3), (await world.DelegateAsync(held, world.Agent, "email:send")).Failure);
    }

    [Theory, EachEngine]
    public async Task Nothing_is_passed_on_to_a_stranger_or_from_a_strangers_token(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var foreign = (await world.Get<CreateAgent>().RunAsync(stranger, new("theirs", "", [], []), World.Ct)).Value;
        var root = await world.GrantAsync("email:send");

        Assert.Equal(AgentFailures.NotFound, (await world.DelegateAsync(root, foreign, "email:send")).Failure);
        var input = new DelegateGrant.Input(root.Token.Jwt, foreign.Id.ToString(), ["email:send"], TimeSpan.FromHours(1));
        Assert.Equal(GrantFailures.ParentForeign, (await world.Get<DelegateGrant>().RunAsync(stranger, input, World.Ct)).Failure);
        var garbage = new DelegateGrant.Input("not.a.token", world.Agent.Id.ToString(), ["email:send"], TimeSpan.FromHours(1));
        Assert.Equal(GrantFailures.ParentInvalid, (await world.Get<DelegateGrant>().RunAsync(world.Caller, garbage, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task Revoking_a_grant_while_it_is_passed_on_leaves_nothing_alive(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        for (var round = 0; round < 8; round++)
        {
            var root = await world.GrantAsync("email:send");
            var middle = (await world.DelegateAsync(root, world.Agent, "email:send")).Value;
            var delegations = World.AllAtOnceAsync(12, number => world.DelegateAsync(number % 2 == 0 ? root : middle, world.Agent, "email:send"));
            var revoked = await world.RevokeAsync(root);
            var answers = await delegations;

            Assert.True(revoked.Succeeded);
            foreach (var answer in answers.Where(answer => answer.Succeeded)) Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(answer.Value));
            Assert.Equal(0, await world.CountAsync($"select count(*) as n from grants where root_id = {root.Grant.Id} and status = 'active'"));
        }
    }
}
