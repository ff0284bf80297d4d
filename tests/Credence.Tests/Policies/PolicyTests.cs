using Credence.Consent;
using Credence.Organizations;
using Credence.Policies;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Policies;

public sealed class PolicyTests
{
    private static readonly PolicyTermsChange Nothing = new(default, default, default, default, default, default, default);

    private static async Task<Policy> RuleAsync(World world, PolicyEffect effect, PolicyTerms? terms = null, int priority = 0) =>
        (await world.Get<CreatePolicy>().RunAsync(world.Caller, new("a rule", effect, priority, terms ?? PolicyTerms.None), World.Ct)).Value;

    private static Task<Result<RequestConsent.Output>> AskAsync(World world, params string[] scopes) =>
        world.Get<RequestConsent>().RunAsync(
            world.Caller, new(world.Agent.Id.ToString(), "ada", scopes, null, null, null, TimeSpan.FromHours(1), null), World.Ct);

    [Theory, EachEngine]
    public async Task What_a_rule_allows_needs_nobody_and_the_grant_says_so(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var rule = await RuleAsync(world, PolicyEffect.Allow, PolicyTerms.None with { Scopes = ["email:send"] });

        var asked = (await AskAsync(world, "email:send")).Value;
        Assert.Equal((ConsentStatus.Approved, ConsentProof.Policy), (asked.Request.Status, asked.Request.Proof));
        var grant = (await world.ExchangeAsync(asked.Code!)).Value.Grant;
        Assert.Equal(ConsentProof.Policy, grant.Proof);
        Assert.Equal(1, await world.AuditedAsync("consent.approved", $"\"actor\":\"{rule.Id}\""));

        var person = (await AskAsync(world, "email:send", "files:read")).Value; // not all of it is listed
        Assert.Equal((ConsentStatus.Pending, null, null), (person.Request.Status, person.Request.Proof, person.Code));
    }

    [Theory, EachEngine]
    public async Task What_a_rule_denies_is_refused_and_leaves_its_trace(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var rule = await RuleAsync(world, PolicyEffect.Deny, PolicyTerms.None with { Scopes = ["files:read"] });

        Assert.Equal(PolicyFailures.Denied, (await AskAsync(world, "email:send", "files:read")).Failure);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from consent_requests"));
        Assert.Equal(1, await world.AuditedAsync("authorize.denied", $"\"policy\":\"{rule.Id}\""));
        Assert.Null((await AskAsync(world, "email:send")).Value.Code);
    }

    [Theory, EachEngine]
    public async Task The_first_that_matches_decides_by_priority_and_then_by_age(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var allow = await RuleAsync(world, PolicyEffect.Allow);
        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await RuleAsync(world, PolicyEffect.Deny);
        Assert.NotNull((await AskAsync(world, "email:send")).Value.Code);

        var last = await RuleAsync(world, PolicyEffect.Deny, priority: 1);
        Assert.Equal(PolicyFailures.Denied, (await AskAsync(world, "email:send")).Failure);
        await world.Get<ChangePolicy>().RunAsync(world.Caller, last.Id, new(null, null, -1, Nothing), World.Ct);
        Assert.NotNull((await AskAsync(world, "email:send")).Value.Code);
        Assert.Equal(allow.Id, (await PolicyStore.ListAsync(world.Db, world.Caller.Organization, World.Ct))[0].Id);
    }

    [Theory, EachEngine]
    public async Task A_change_on_one_node_holds_at_once_on_every_other(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        Assert.Null((await AskAsync(other, "email:send")).Value.Code);

        var rule = await RuleAsync(world, PolicyEffect.Deny);
        Assert.Equal(PolicyFailures.Denied, (await AskAsync(other, "email:send")).Failure);
        await world.Get<ChangePolicy>().RunAsync(world.Caller, rule.Id, new(null, PolicyEffect.Allow, null, Nothing), World.Ct);
        Assert.NotNull((await AskAsync(other, "email:send")).Value.Code);
        await world.Get<DeletePolicy>().RunAsync(world.Caller, rule.Id, World.Ct);
        Assert.Null((await AskAsync(other, "email:send")).Value.Code);
    }

    [Theory, EachEngine]
    public async Task No_policy_widens_what_an_agent_is_registered_for(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RuleAsync(world, PolicyEffect.Allow);
        Assert.Equal(ConsentFailures.ScopeNotAllowed("payments:read"), (await AskAsync(world, "email:send", "payments:read")).Failure);
    }

    [Theory, EachEngine]
    public async Task In_sandbox_mode_a_rule_may_deny_and_what_is_allowed_stays_a_sandbox_approval(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, mode: OrganizationMode.Sandbox);
        await RuleAsync(world, PolicyEffect.Allow);
        Assert.Equal(ConsentProof.Sandbox, (await AskAsync(world, "email:send")).Value.Request.Proof);
        await RuleAsync(world, PolicyEffect.Deny, priority: 1);
        Assert.Equal(PolicyFailures.Denied, (await AskAsync(world, "email:send")).Failure);
    }

    [Theory, EachEngine]
    public async Task A_rule_stands_above_the_least_proof_that_an_organization_accepts_of_people_but_not_in_for_a_passkey(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RuleAsync(world, PolicyEffect.Allow);
        await world.Get<ChangeOrganization>().RunAsync(world.Caller, new(null, null, ConsentProof.Person, null), World.Ct);
        Assert.NotNull((await AskAsync(world, "email:send")).Value.Code);

        await world.Get<ChangeOrganization>().RunAsync(world.Caller, new(null, null, ConsentProof.Passkey, null), World.Ct);
        Assert.Equal(ConsentStatus.Pending, (await AskAsync(world, "email:send")).Value.Request.Status);
        await world.Get<ChangeOrganization>().RunAsync(world.Caller, new(true, null, ConsentProof.Link, null), World.Ct);
        Assert.Null((await AskAsync(world, "email:send")).Value.Code);
    }

    [Theory, EachEngine]
    public async Task Another_organizations_rules_neither_count_nor_can_be_touched(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (stranger, _) = await world.OrganizationAsync("Other Co");
        var rule = await RuleAsync(world, PolicyEffect.Allow);
        var foreign = (await world.Get<CreatePolicy>().RunAsync(stranger, new("theirs", PolicyEffect.Deny, 100, PolicyTerms.None), World.Ct)).Value;

        Assert.NotNull((await AskAsync(world, "email:send")).Value.Code);
        Assert.Equal(PolicyFailures.NotFound, (await world.Get<ChangePolicy>().RunAsync(stranger, rule.Id, new("mine now", null, null, Nothing), World.Ct)).Failure);
        Assert.Equal(PolicyFailures.NotFound, (await world.Get<DeletePolicy>().RunAsync(stranger, rule.Id, World.Ct)).Failure);
        Assert.Null(await PolicyStore.FindAsync(world.Db, world.Caller.Organization, foreign.Id, World.Ct));
        Assert.Equal([rule], await PolicyStore.ListAsync(world.Db, world.Caller.Organization, World.Ct));
    }

    [Theory, EachEngine]
    public async Task A_rule_is_kept_as_it_was_made_and_a_change_touches_what_it_names(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var terms = new PolicyTerms("ag_x", "ada", ["a", "b"], new(22 * 60), new(6 * 60), "Europe/Berlin", [DayOfWeek.Monday, DayOfWeek.Sunday]);
        var rule = await RuleAsync(world, PolicyEffect.Allow, terms, priority: int.MinValue);
        Assert.Equivalent(rule, await PolicyStore.FindAsync(world.Db, world.Caller.Organization, rule.Id, World.Ct), strict: true);

        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var change = Nothing with { Agent = new(true, null), TimeZone = new(true, null), Days = new(true, null), End = new(true, new TimeOfDay(24 * 60)) };
        var after = (await world.Get<ChangePolicy>().RunAsync(world.Caller, rule.Id, new("renamed", null, null, change), World.Ct)).Value;

        var wanted = rule with
        {
            Name = "renamed",
            UpdatedAt = world.Now,
            Terms = terms with { Agent = null, TimeZone = null, Days = null, End = new(24 * 60) },
        };
        Assert.Equivalent(wanted, after, strict: true);
        Assert.Equivalent(wanted, await PolicyStore.FindAsync(world.Db, world.Caller.Organization, rule.Id, World.Ct), strict: true);
    }

    [Theory, EachEngine]
    public async Task Twenty_policies_at_once_do_not_overrun_one_place(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, new PlanOptions { Free = new PlanLimits { Policies = 3 } });
        await RuleAsync(world, PolicyEffect.Allow);
        var second = await RuleAsync(world, PolicyEffect.Allow);

        var answers = await World.AllAtOnceAsync(
            20, number => world.Get<CreatePolicy>().RunAsync(world.Caller, new($"rule {number}", PolicyEffect.Deny, 0, PolicyTerms.None), World.Ct));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.All(answers.Where(answer => !answer.Succeeded), answer => Assert.Equal("PLAN_LIMIT_EXCEEDED", answer.Failure!.Code));
        Assert.Equal(3, await world.CountAsync($"select count(*) as n from policies"));
        await world.Get<DeletePolicy>().RunAsync(world.Caller, second.Id, World.Ct);
        await RuleAsync(world, PolicyEffect.Allow);
    }

    [Theory, EachEngine]
    public async Task Of_many_who_delete_a_rule_one_is_told_so(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var rule = await RuleAsync(world, PolicyEffect.Deny);
        var answers = await World.AllAtOnceAsync(20, _ => world.Get<DeletePolicy>().RunAsync(world.Caller, rule.Id, World.Ct));
        Assert.Single(answers, answer => answer.Succeeded);
    }

    /// <summary>Whatever is going on, who asks after a change was committed is answered by it.</summary>
    [Theory, EachEngine]
    public async Task Nobody_who_asks_after_a_change_is_answered_by_the_rules_before_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var rule = await RuleAsync(world, PolicyEffect.Deny);
        using var done = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested) await AskAsync(number % 2 == 0 ? world : other, "email:send");
        })).ToArray();

        for (var round = 0; round < 20; round++)
        {
            var effect = round % 2 == 0 ? PolicyEffect.Allow : PolicyEffect.Deny;
            await world.Get<ChangePolicy>().RunAsync(world.Caller, rule.Id, new(null, effect, null, Nothing), World.Ct);
            foreach (var node in new[] { world, other }) Assert.Equal(effect == PolicyEffect.Allow, (await AskAsync(node, "email:send")).Succeeded);
        }

        await done.CancelAsync();
        await Task.WhenAll(crowd);
    }

    [Theory, EachEngine]
    public async Task Trying_it_out_says_which_rule_decides_and_why_none_before_it_does(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine); // a Sunday, 12:00 UTC
        var other = await RuleAsync(world, PolicyEffect.Deny, PolicyTerms.None with { Agent = "ag_other", Scopes = ["email:send"] }, 4);
        var night = await RuleAsync(world, PolicyEffect.Deny, PolicyTerms.None with { Start = new(22 * 60), End = new(6 * 60), Days = [DayOfWeek.Monday] }, 3);
        var allow = await RuleAsync(world, PolicyEffect.Allow, PolicyTerms.None with { Principal = "ada" }, 2);
        await RuleAsync(world, PolicyEffect.Deny, priority: 1);

        var tried = (await world.Get<TryPolicies>().RunAsync(world.Caller, new(world.Agent.Id.ToString(), "ada", ["email:send"], null), World.Ct)).Value;

        Assert.Equal((PolicyEffect.Allow, allow.Id), (tried.Decision.Effect, tried.Decision.Rule!.Id));
        Assert.Equal(
            [(other.Id, PolicyTerm.Agent), (night.Id, PolicyTerm.TimeOfDay | PolicyTerm.Days), (allow.Id, PolicyTerm.None)],
            tried.Rules.Select(each => (each.Rule.Id, each.Unmet)));
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from consent_requests"));
    }
}
