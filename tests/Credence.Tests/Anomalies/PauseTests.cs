using Credence.Grants;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Anomalies;

/// <summary>What a serious anomaly does to the agent's grants where the organization asks for it, and how they go on (decision 0024).</summary>
public sealed class PauseTests
{
    [Theory, EachEngine]
    public async Task An_anomaly_is_advice_unless_the_organization_asks_for_more(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        await world.LogAsync(51);

        Assert.Equal(0, (await world.DetectAsync()).PausedGrants);
        Assert.Null(await world.RefusalAsync(grant));
    }

    [Theory, EachEngine]
    public async Task A_paused_grant_counts_on_no_node_until_it_is_resumed(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        var grant = await world.GrantAsync("email:send", "files:read");
        var passedOn = (await world.DelegateAsync(grant, await world.AgentAsync("helper", "email:send"), "email:send")).Value;
        await world.PauseOnAnomaliesAsync();
        await world.LogAsync(51);

        Assert.Equal(2, (await world.DetectAsync()).PausedGrants);
        await node.Revocations.CatchUpAsync(World.Ct); // what the worker does every second
        foreach (var at in new[] { world, node })
        {
            Assert.Equal(TokenRefusal.Revoked, await at.RefusalAsync(grant));
            Assert.Equal(TokenRefusal.Revoked, await at.RefusalAsync(passedOn));
        }

        Assert.Equal(TokenFailures.GrantPaused, (await world.RefreshAsync(grant.Token.RefreshToken)).Failure);
        Assert.Equal(GrantFailures.ParentEnded, (await world.DelegateAsync(grant, world.Agent, "email:send")).Failure);
        Assert.Equal(Grant.PausedWord, (await FindAsync(world, grant)).StatusWord);
        Assert.Equal(2, (await ListAsync(world, "paused")).Count);
        Assert.Empty(await ListAsync(world, "active"));
        Assert.Equal(0, await GrantStore.CountActiveAsync(world.Db, world.Now, World.Ct));
        Assert.Equal(2, await world.AuditedAsync("grant.paused"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from events where type = 'anomaly.auto_revoked' and data like '%\"revokedGrants\":2,\"anomalyCount\":1%'"));

        Assert.Equal(GrantFailures.PausedAbove, (await ResumeAsync(world, passedOn)).Failure);
        Assert.Equal("active", (await ResumeAsync(world, grant)).Value.StatusWord);
        await node.Revocations.CatchUpAsync(World.Ct);
        foreach (var at in new[] { world, node })
        {
            Assert.Null(await at.RefusalAsync(grant));
            Assert.Null(await at.RefusalAsync(passedOn));
        }

        Assert.True((await world.RefreshAsync(grant.Token.RefreshToken)).Succeeded);
        Assert.Equal(GrantFailures.NotPaused, (await ResumeAsync(world, grant)).Failure);
        Assert.Equal(1, await world.AuditedAsync("grant.resumed"));
    }

    [Theory, EachEngine]
    public async Task A_resumed_grant_is_not_paused_again_by_what_still_goes_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        await world.PauseOnAnomaliesAsync();
        await world.LogAsync(51);
        await world.RoundAsync();
        await ResumeAsync(world, grant);
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        await world.RoundAsync();

        await world.Revocations.CatchUpAsync(World.Ct);

        Assert.Null(await world.RefusalAsync(grant));
    }

    [Theory, EachEngine]
    public async Task A_node_that_starts_later_knows_of_the_pause_and_of_its_end(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        await world.PauseOnAnomaliesAsync();
        await world.LogAsync(51);
        await world.RoundAsync();
        await using (var node = await world.NodeAsync()) Assert.Equal(TokenRefusal.Revoked, await node.RefusalAsync(grant));

        await ResumeAsync(world, grant);
        await using (var node = await world.NodeAsync()) Assert.Null(await node.RefusalAsync(grant));
    }

    [Theory, EachEngine]
    public async Task Nobody_pauses_the_grants_of_another_organizations_agent_by_naming_it_in_a_log(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        var (other, _) = await world.OrganizationAsync("Other Co");
        await world.PauseOnAnomaliesAsync();
        await world.PauseOnAnomaliesAsync(other);
        await world.LogAsync(51, caller: other);

        await world.RoundAsync();

        Assert.NotEmpty(await world.AlertsAsync("rate_spike", other));
        Assert.Null(await world.RefusalAsync(grant));
        Assert.Equal(GrantFailures.NotFound, (await world.Get<ResumeGrant>().RunAsync(other, grant.Grant.Id, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task A_grant_paused_for_two_reasons_goes_on_when_both_are_gone(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var helper = await world.AgentAsync("helper", "email:send");
        var grant = await world.GrantAsync("email:send");
        var passedOn = (await world.DelegateAsync(grant, helper, "email:send")).Value;
        await world.PauseOnAnomaliesAsync();
        await world.LogAsync(51);
        await world.LogAsync(51, agent: helper.Id.ToString());
        await world.RoundAsync();

        await ResumeAsync(world, grant);
        Assert.Null(await world.RefusalAsync(grant));
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(passedOn));

        await ResumeAsync(world, passedOn);
        Assert.Null(await world.RefusalAsync(passedOn));
    }

    [Theory, EachEngine]
    public async Task What_an_agent_passed_on_to_itself_goes_on_with_the_grant_it_came_from(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        var passedOn = (await world.DelegateAsync(grant, world.Agent, "email:send")).Value;
        await world.PauseOnAnomaliesAsync();
        await world.LogAsync(51);
        Assert.Equal(2, (await world.DetectAsync()).PausedGrants);

        await ResumeAsync(world, grant);

        Assert.Null(await world.RefusalAsync(passedOn));
    }

    [Theory, EachEngine]
    public async Task A_paused_grant_can_be_revoked_for_good(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        await world.PauseOnAnomaliesAsync();
        await world.LogAsync(51);
        await world.RoundAsync();

        Assert.Equal(1, (await world.RevokeAsync(grant)).Value);

        Assert.Equal(GrantFailures.NotFound, (await ResumeAsync(world, grant)).Failure);
        Assert.Equal("revoked", (await FindAsync(world, grant)).StatusWord);
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(grant));
    }

    [Theory, EachEngine]
    public async Task Of_many_that_resume_at_once_one_does(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        var grant = await world.GrantAsync("email:send");
        var passedOn = (await world.DelegateAsync(grant, await world.AgentAsync("helper", "email:send"), "email:send")).Value;
        await world.PauseOnAnomaliesAsync();
        await world.LogAsync(51);
        await world.RoundAsync();

        var resumed = await World.AllAtOnceAsync(20, number => ResumeAsync(number % 2 == 0 ? world : node, grant));

        Assert.Equal(1, resumed.Count(each => each.Succeeded));
        Assert.Equal(0, await world.CountAsync($"select sum(pauses) as n from grants"));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.Null(await world.RefusalAsync(passedOn));
    }

    private static Task<Result<Grant>> ResumeAsync(World world, IssuedGrant grant) => world.Get<ResumeGrant>().RunAsync(world.Caller, grant.Grant.Id, World.Ct);

    private static async Task<Grant> FindAsync(World world, IssuedGrant grant) =>
        (await GrantStore.FindAsync(world.Db, world.Caller.Organization, grant.Grant.Id, World.Ct))!;

    private static Task<List<Grant>> ListAsync(World world, string status) =>
        GrantStore.ListAsync(world.Db, world.Caller.Organization, new GrantFilter(null, null, status), null, null, World.Ct);
}
