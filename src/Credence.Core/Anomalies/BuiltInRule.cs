using Credence.Storage;
using Credence.Tokens;

namespace Credence.Anomalies;

/// <summary>A rule every organization has (contract grantex-enterprise 1).</summary>
/// <param name="Id">Its documented id.</param>
/// <param name="Name">Its documented name.</param>
/// <param name="Severity">How much what it finds matters.</param>
/// <param name="Description">When it fires; where nothing here can tell, why it does not.</param>
/// <param name="Enabled">Whether it is evaluated.</param>
public sealed record BuiltInRule(string Id, string Name, Severity Severity, string Description, bool Enabled = true)
{
    private static readonly BuiltInRule DelegationDepth = new(
        "AD-005", "Delegation depth spike", Severity.High, "An agent was passed authority over 3 or more delegations within 24 hours");

    private static readonly BuiltInRule RapidRevocation = new(
        "AD-006", "Rapid revocation", Severity.Critical, "More than 10 grants of an agent that is not deleted were revoked within an hour");

    private static readonly BuiltInRule UnknownAgent = new(
        "AD-008", "Unknown agent", Severity.Critical, "Actions were logged within 24 hours for an agent that the organization does not have");

    private static readonly BuiltInRule Replay = new(
        "AD-009", "Replay", Severity.Critical, "A spent refresh token came back within 24 hours, which ended its grant");

    /// <summary>All of them, in the order of their ids.</summary>
    public static readonly IReadOnlyList<BuiltInRule> All =
    [
        new("AD-001", "Velocity spike", Severity.High, "More than 50 actions of an agent within an hour; found as rate_spike"),
        new("AD-002", "Scope escalation", Severity.Critical, "Not evaluated: requests beyond an agent's scopes are refused and not kept", Enabled: false),
        new("AD-003", "Unusual geography", Severity.Medium, "Not evaluated: no place is known of an action", Enabled: false),
        new("AD-004", "Off-hours activity", Severity.Low, "More than 10 actions of an agent at 22 to 6 o'clock UTC within 24 hours; found as off_hours_activity"),
        DelegationDepth,
        RapidRevocation,
        new("AD-007", "Budget cliff", Severity.High, "Not evaluated: there are no budgets", Enabled: false),
        UnknownAgent,
        Replay,
        new("AD-010", "Stale offline bundle", Severity.Medium, "Not evaluated: there are no offline bundles", Enabled: false),
    ];

    /// <summary>Evaluates those that no documented detector does.</summary>
    internal static readonly Kind[] Kinds =
    [
        new("delegation_depth_spike", DelegationDepth.Severity, FindDeepDelegations, DelegationDepth),
        new("rapid_revocation", RapidRevocation.Severity, FindRapidRevocations, RapidRevocation),
        new("unknown_agent", UnknownAgent.Severity, FindUnknownAgents, UnknownAgent),
        new("replay", Replay.Severity, FindReplays, Replay),
    ];

    /// <summary>Whether an id is one of theirs.</summary>
    public static bool Has(string id) => All.Any(rule => rule.Id == id);

    private static Sql FindDeepDelegations(Sight sight) => Sql.Of(
        $$"""
        select o.id as organization_id, g.agent_id as about, g.agent_id as agent_id, null as principal_id,
            'Agent ' || g.agent_id || ' was passed authority over ' || max(g.depth) || ' delegations.' as description,
            '{"count":' || count(*) || ',"deepest":' || max(g.depth) || ',"windowHours":24,"threshold":3}' as metadata
        from organizations o join grants g on g.organization_id = o.id and g.issued_ms >= {{sight.Since(24)}}
        where g.depth >= 3 {{sight.Organizations}}
        group by o.id, g.agent_id
        """);

    private static Sql FindRapidRevocations(Sight sight) => Sql.Of(
        $$"""
        select o.id as organization_id, g.agent_id as about, g.agent_id as agent_id, null as principal_id,
            count(*) || ' grants of agent ' || g.agent_id || ' were revoked in the last hour.' as description,
            '{"count":' || count(*) || ',"windowHours":1,"threshold":10}' as metadata
        from organizations o
            join grants g on g.organization_id = o.id and g.revoked_ms >= {{sight.Since(1)}}
            join agents a on a.id = g.agent_id and a.status <> 'decommissioned'
        where true {{sight.Organizations}}
        group by o.id, g.agent_id having count(*) > 10
        """);

    private static Sql FindUnknownAgents(Sight sight) => Sql.Of(
        $$"""
        select d.organization_id, d.agent_id as about, d.agent_id, null as principal_id,
            'Actions were logged for ' || d.agent_id || ', which is no agent of this organization.' as description,
            '{"count":' || d.total || ',"windowHours":24}' as metadata
        from (
            select o.id as organization_id, e.agent_id as agent_id, count(*) as total
            from organizations o join audit_entries e on e.organization_id = o.id and e.agent_id is not null and e.created_ms >= {{sight.Since(24)}}
            where true {{sight.Organizations}}
            group by o.id, e.agent_id
        ) d
        where not exists (select 1 from agents a where a.id = d.agent_id and a.organization_id = d.organization_id)
        """);

    private static Sql FindReplays(Sight sight) => Sql.Of(
        $$"""
        select o.id as organization_id, g.id as about, g.agent_id as agent_id, g.principal_id as principal_id,
            'A spent refresh token of grant ' || g.id || ' came back; the grant was revoked.' as description,
            '{"windowHours":24}' as metadata
        from organizations o join grants g on g.organization_id = o.id and g.revoked_ms >= {{sight.Since(24)}}
        where g.revoked_by = {{RefreshGrant.ReuseDetected}}
            and not exists (select 1 from grants above where above.id = g.parent_id and above.revoked_ms = g.revoked_ms) {{sight.Organizations}}
        """);
}
