using Credence.Consent;
using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Consent;

public sealed class ConsentTests
{
    private static Task<Result<RequestConsent.Output>> AskAsync(World world, string? redirect = null, params string[] scopes) =>
        world.Get<RequestConsent>().RunAsync(
            world.Caller, new(world.Agent.Id.ToString(), "ada", scopes.Length > 0 ? scopes : ["email:send"], redirect, null, null, TimeSpan.FromHours(1), null), World.Ct);

    [Theory, EachEngine]
    public async Task Of_many_decisions_one_counts(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var request = await world.AskAsync(["email:send"]);
        var decide = world.Get<DecideConsent>();

        var answers = await World.AllAtOnceAsync(30, number => number % 3 == 0
            ? decide.DenyAsync(request.Id, ConsentProof.Link, World.Ct)
            : decide.ApproveAsync(request.Id, ConsentProof.Link, World.Ct));

        var counted = Assert.Single(answers, answer => answer.Succeeded).Value;
        var stored = await ConsentStore.FindAsync(world.Db, request.Id, World.Ct);
        Assert.Equal(counted.Code is null ? ConsentStatus.Denied : ConsentStatus.Approved, stored!.Status);
    }

    [Theory, EachEngine]
    public async Task An_organization_that_wants_better_proof_than_a_link_gets_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var request = await world.AskAsync(["email:send"]);

        await world.Get<ChangeOrganization>().RunAsync(world.Caller, new(null, null, ConsentProof.Person, null), World.Ct);
        var unproven = await world.Get<DecideConsent>().ApproveAsync(request.Id, ConsentProof.Link, World.Ct);
        Assert.Equal("PRINCIPAL_VERIFICATION_REQUIRED", unproven.Failure!.Code);

        await world.Get<ChangeOrganization>().RunAsync(world.Caller, new(true, null, null, null), World.Ct);
        var withoutPasskey = await world.Get<DecideConsent>().ApproveAsync(request.Id, ConsentProof.Person, World.Ct);
        Assert.Equal("FIDO_REQUIRED", withoutPasskey.Failure!.Code);
        Assert.True((await world.Get<DecideConsent>().ApproveAsync(request.Id, ConsentProof.Passkey, World.Ct)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task An_expired_request_can_be_denied_but_not_approved(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var request = await world.AskAsync(["email:send"], TimeSpan.FromMinutes(1));
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(ConsentFailures.Gone, (await world.Get<DecideConsent>().ApproveAsync(request.Id, ConsentProof.Link, World.Ct)).Failure);
        Assert.True((await world.Get<DecideConsent>().DenyAsync(request.Id, ConsentProof.Link, World.Ct)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task An_agent_asks_only_for_what_it_is_registered_for(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        Assert.Equal(ConsentFailures.ScopeNotAllowed("payments:read"), (await AskAsync(world, null, "email:send", "payments:read")).Failure);
        Assert.Equal(ConsentFailures.LifetimeTooLong(TimeSpan.FromDays(366)), (await world.Get<RequestConsent>().RunAsync(
            world.Caller, new(world.Agent.Id.ToString(), "ada", ["email:send"], null, null, null, TimeSpan.FromDays(400), null), World.Ct)).Failure);

        var open = await world.AgentAsync("open agent");
        var input = new RequestConsent.Input(open.Id.ToString(), "ada", ["anything"], null, null, null, TimeSpan.FromHours(1), null);
        Assert.True((await world.Get<RequestConsent>().RunAsync(world.Caller, input, World.Ct)).Succeeded);
        await world.Get<ChangeOrganization>().RunAsync(world.Caller, new(null, null, null, true), World.Ct);
        Assert.Equal(ConsentFailures.ScopeNotAllowed("anything"), (await world.Get<RequestConsent>().RunAsync(world.Caller, input, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task A_browser_goes_only_where_the_agent_says(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        Assert.True((await AskAsync(world, "https://app.example.test/callback")).Succeeded);
        await world.Get<Credence.Agents.ChangeAgent>().RunAsync(
            world.Caller, world.Agent.Id, new(null, null, null, ["https://app.example.test/callback"], null), World.Ct);

        Assert.True((await AskAsync(world, "https://app.example.test/callback")).Succeeded);
        Assert.Equal(ConsentFailures.RedirectNotAllowed, (await AskAsync(world, "https://app.example.test/callback?x=1")).Failure);
        Assert.Equal(ConsentFailures.RedirectNotAllowed, (await AskAsync(world, "https://app.example.test/Callback")).Failure);
    }

    [Theory]
    [InlineData("http://app.example.test/", false)]
    [InlineData("https://app.example.test/", true)]
    [InlineData("https://localhost/", false)]
    [InlineData("https://x.localhost/", false)]
    [InlineData("https://10.1.2.3/", false)]
    [InlineData("https://192.168.1.1/", false)]
    [InlineData("https://169.254.169.254/", false)]
    [InlineData("https://[::1]/", false)]
    [InlineData("https://[::ffff:10.0.0.1]/", false)]
    [InlineData("https://[fd00::1]/", false)]
    [InlineData("https://2130706433/", false)]
    [InlineData("https://203.0.113.7/", true)]
    public async Task In_production_a_browser_goes_to_public_https_addresses_only(string uri, bool allowed)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        world.Get<ConsentOptions>().AllowPrivateRedirects = false;
        Assert.Equal(allowed, (await AskAsync(world, uri)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task In_sandbox_mode_the_code_comes_at_once_and_in_live_mode_only_the_person_decides(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, mode: OrganizationMode.Sandbox);
        Assert.NotNull((await AskAsync(world)).Value.Code);

        await using var live = await World.OnAsync(engine);
        var request = await live.AskAsync(["email:send"]);
        Assert.Equal(ConsentFailures.ConsentRequired, (await live.Get<DecideConsent>().FindOwnAsync(live.Caller, request.Id, World.Ct)).Failure);
    }
}
