using Credence.Anomalies;
using Credence.Audit;
using Credence.Grants;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Anomalies;

/// <summary>Built-in rules and organizations' own, just below and just above each threshold (decision 0023).</summary>
public sealed class RuleTests
{
    [Theory, EachEngine]
    public async Task Authority_that_was_passed_on_three_times_is_a_delegation_depth_spike(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        for (var depth = 1; depth <= 2; depth++) grant = (await world.DelegateAsync(grant, world.Agent, "email:send")).Value;
        Assert.Empty(await world.FoundAsync("delegation_depth_spike"));

        await world.DelegateAsync(grant, world.Agent, "email:send");
        var found = Assert.Single(await world.FoundAsync("delegation_depth_spike"));

        Assert.Equal(("AD-005", Severity.High, world.Agent.Id.ToString()), (found.RuleId, found.Severity, found.Agent));
        Assert.Equal("""{"count":1,"deepest":3,"windowHours":24,"threshold":3}""", found.Metadata);
    }

    [Theory, EachEngine]
    public async Task Eleven_grants_of_an_agent_revoked_within_the_hour_are_a_rapid_revocation_unless_it_was_deleted(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grants = new List<IssuedGrant>();
        for (var count = 0; count < 11; count++) grants.Add(await world.GrantAsync("email:send"));
        foreach (var grant in grants[..10]) await world.RevokeAsync(grant);
        Assert.Empty(await world.FoundAsync("rapid_revocation"));

        await world.RevokeAsync(grants[10]);
        var found = Assert.Single(await world.FoundAsync("rapid_revocation"));
        Assert.Equal(("AD-006", Severity.Critical, """{"count":11,"windowHours":1,"threshold":10}"""), (found.RuleId, found.Severity, found.Metadata));

        await world.Get<EndAgent>().RunAsync(world.Caller, world.Agent.Id, World.Ct);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AlertStatus.Resolved, Assert.Single(await world.FoundAsync("rapid_revocation")).Status);
    }

    [Theory, EachEngine]
    public async Task An_action_of_an_agent_that_the_organization_does_not_have_is_an_unknown_agents(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var deleted = await world.AgentAsync("gone");
        await world.Get<EndAgent>().RunAsync(world.Caller, deleted.Id, World.Ct);
        await world.LogAsync(1, agent: deleted.Id.ToString());
        await world.LogAsync(1);
        Assert.Empty(await world.FoundAsync("unknown_agent"));

        var (other, _) = await world.OrganizationAsync("Other Co");
        await world.LogAsync(1, caller: other); // an agent of the first organization is none of the second's
        await world.LogAsync(2, agent: "ag_nobody");
        var mine = Assert.Single(await world.FoundAsync("unknown_agent"));

        Assert.Equal(("AD-008", Severity.Critical, "ag_nobody"), (mine.RuleId, mine.Severity, mine.Agent));
        Assert.Equal(world.Agent.Id.ToString(), Assert.Single(await world.AlertsAsync("unknown_agent", other)).Agent);
    }

    [Theory, EachEngine]
    public async Task A_spent_refresh_token_that_comes_back_is_a_replay_and_a_revoked_grant_is_none(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.RevokeAsync(await world.GrantAsync("email:send"));
        var stolen = await world.GrantAsync("email:send");
        await world.DelegateAsync(stolen, world.Agent, "email:send");
        await world.RefreshAsync(stolen.Token.RefreshToken);
        await world.RefreshAsync(stolen.Token.RefreshToken); // at once: a race, no theft
        Assert.Empty(await world.FoundAsync("replay"));

        world.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(TokenFailures.RefreshSpent, (await world.RefreshAsync(stolen.Token.RefreshToken)).Failure);
        var found = Assert.Single(await world.FoundAsync("replay")); // one for the tree that ended

        Assert.Equal(("AD-009", Severity.Critical, world.Agent.Id.ToString(), "ada"), (found.RuleId, found.Severity, found.Agent, found.Principal));
        Assert.Contains(stolen.Grant.Id.ToString(), found.Description, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_rule_fires_for_each_agent_with_more_entries_than_its_threshold(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var rule = await world.RuleAsync(RuleMetric.Entries, threshold: 3);
        await world.LogAsync(3);
        await world.LogAsync(4, agent: "ag_other");

        var found = Assert.Single(await world.FoundAsync("custom_rule"));
        Assert.Equal(("too-many", "Too many", rule.Id, Severity.Medium, "ag_other"), (found.RuleId, found.RuleName, found.CustomRule, found.Severity, found.Agent));
        Assert.Equal("""{"metric":"entries","count":4,"windowMinutes":60,"threshold":3}""", found.Metadata);
        Assert.Equal("Agent ag_other had 4 entries in the last 60 minutes, more than 3.", found.Description);

        await world.LogAsync(1);
        Assert.Equal(2, (await world.FoundAsync("custom_rule")).Count);
    }

    [Theory, EachEngine]
    public async Task A_rule_counts_only_its_action_its_agent_and_its_window(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.RuleAsync(RuleMetric.Entries, threshold: 1, minutes: 10, action: "mail.delete", agent: world.Agent.Id.ToString());
        await world.LogAsync(1, action: "mail.delete");
        world.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromMilliseconds(1));
        await world.LogAsync(1, action: "mail.delete");
        await world.LogAsync(5);
        await world.LogAsync(5, action: "mail.delete", agent: "ag_other");
        Assert.Empty(await world.FoundAsync("custom_rule"));

        await world.LogAsync(1, action: "mail.delete");
        Assert.Single(await world.FoundAsync("custom_rule"));
    }

    [Theory, EachEngine]
    public async Task A_rule_on_failures_counts_what_failed_or_was_blocked(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.RuleAsync(RuleMetric.Failures, threshold: 1);
        await world.LogAsync(5);
        await world.LogAsync(1, LoggedStatus.Failure);
        Assert.Empty(await world.FoundAsync("custom_rule"));

        await world.LogAsync(1, LoggedStatus.Blocked);
        Assert.Single(await world.FoundAsync("custom_rule"));
    }

    [Theory, EachEngine]
    public async Task A_rule_on_grants_counts_what_was_given_and_one_on_delegations_what_was_passed_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.RuleAsync(RuleMetric.Grants, threshold: 1);
        await world.RuleAsync(RuleMetric.Delegations, threshold: 1);
        var grant = await world.GrantAsync("email:send");
        Assert.Empty(await world.FoundAsync("custom_rule"));

        await world.DelegateAsync(grant, world.Agent, "email:send");
        Assert.Contains("2 grants", Assert.Single(await world.FoundAsync("custom_rule")).Description, StringComparison.Ordinal);

        await world.DelegateAsync(grant, world.Agent, "email:send");
        Assert.Contains(await world.FoundAsync("custom_rule"), found => found.Description.Contains("2 delegations", StringComparison.Ordinal));
    }

    [Theory, EachEngine]
    public async Task A_rule_on_revocations_counts_grants_that_were_revoked(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.RuleAsync(RuleMetric.Revocations, threshold: 1);
        var (first, second) = (await world.GrantAsync("email:send"), await world.GrantAsync("email:send"));
        await world.RevokeAsync(first);
        Assert.Empty(await world.FoundAsync("custom_rule"));

        await world.RevokeAsync(second);
        Assert.Single(await world.FoundAsync("custom_rule"));
    }

    [Theory, EachEngine]
    public async Task A_rule_that_is_switched_off_or_deleted_finds_nothing_and_is_only_its_owners(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (other, _) = await world.OrganizationAsync("Other Co");
        var rule = await world.RuleAsync(RuleMetric.Entries, threshold: 0);
        var change = world.Get<ChangeRule>();
        Assert.Equal(AnomalyFailures.RuleNotFound, (await change.SwitchAsync(other, rule.Id, enabled: false, World.Ct)).Failure);
        Assert.Equal(AnomalyFailures.RuleNotFound, (await change.DeleteAsync(other, rule.Id, World.Ct)).Failure);
        await world.LogAsync(1);
        await world.LogAsync(1, caller: other);
        await change.SwitchAsync(world.Caller, rule.Id, enabled: false, World.Ct);
        Assert.Empty(await world.FoundAsync("custom_rule"));

        await change.SwitchAsync(world.Caller, rule.Id, enabled: true, World.Ct);
        Assert.Single(await world.FoundAsync("custom_rule"));
        Assert.Empty(await world.AlertsAsync("custom_rule", other));

        await change.DeleteAsync(world.Caller, rule.Id, World.Ct);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AlertStatus.Resolved, Assert.Single(await world.FoundAsync("custom_rule")).Status);
    }

    [Fact]
    public async Task Of_rules_made_at_once_an_organization_gets_a_hundred()
    {
        await using var world = await World.OnAsync(EngineKind.Postgres);
        for (var count = 0; count < Rule.Most - 5; count++) await world.RuleAsync(RuleMetric.Entries, threshold: 1);
        var input = new CreateRule.Input("one-more", "One more", null, Severity.Low, [], new RuleCondition(RuleMetric.Entries, null, null, 1, 1));

        var made = await World.AllAtOnceAsync(20, _ => world.Get<CreateRule>().RunAsync(world.Caller, input, World.Ct));

        Assert.Equal(5, made.Count(each => each.Succeeded));
        Assert.All(made.Where(each => !each.Succeeded), each => Assert.Equal(AnomalyFailures.TooMany("custom rules", Rule.Most), each.Failure));
    }
}
