using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Evaluates every organization's own rules: one statement for each place that metrics are counted in.</summary>
internal static class RuleDetectors
{
    /// <summary>What they find has this one type, whatever an organization calls its rules.</summary>
    public const string Type = "custom_rule";

    private static readonly Sql Findings =
        $$"""
        r.organization_id as organization_id, r.id || ':' || x.agent_id as subject, {{Type}} as type, r.severity as severity, r.rule_id as rule_id,
        r.name as rule_name, r.id as custom_rule, x.agent_id as agent_id, null as principal_id,
        'Agent ' || x.agent_id || ' had ' || count(*) || ' ' || r.metric || ' in the last ' || (r.window_ms / 60000) || ' minutes, more than '
            || r.threshold || '.' as description,
        '{"metric":"' || r.metric || '","count":' || count(*) || ',"windowMinutes":' || (r.window_ms / 60000) || ',"threshold":' || r.threshold || '}' as metadata
        """;

    private static readonly Sql More = $"group by r.id, x.agent_id having count(*) > r.threshold";

    /// <summary>All of them.</summary>
    public static readonly Detector[] All = [FromLog, FromGrants, FromRevocations];

    private static Sql FromLog(Sight sight) => Sql.Of(
        $"""
        select {Findings}
        from organizations o
            join anomaly_rules r on r.organization_id = o.id and r.enabled and r.metric in ('entries', 'failures')
            join audit_entries x on x.organization_id = o.id and x.agent_id is not null and x.created_ms >= {sight.Now} - r.window_ms
                and (r.agent_id is null or x.agent_id = r.agent_id) and (r.action is null or x.action = r.action)
                and (r.metric = 'entries' or x.status in ('failure', 'blocked'))
        where true {sight.Organizations} {More}
        """);

    private static Sql FromGrants(Sight sight) => Sql.Of(
        $"""
        select {Findings}
        from organizations o
            join anomaly_rules r on r.organization_id = o.id and r.enabled and r.metric in ('grants', 'delegations')
            join grants x on x.organization_id = o.id and x.issued_ms >= {sight.Now} - r.window_ms
                and (r.agent_id is null or x.agent_id = r.agent_id) and (r.metric = 'grants' or x.parent_id is not null)
        where true {sight.Organizations} {More}
        """);

    private static Sql FromRevocations(Sight sight) => Sql.Of(
        $"""
        select {Findings}
        from organizations o
            join anomaly_rules r on r.organization_id = o.id and r.enabled and r.metric = 'revocations'
            join grants x on x.organization_id = o.id and x.revoked_ms >= {sight.Now} - r.window_ms
                and (r.agent_id is null or x.agent_id = r.agent_id)
        where true {sight.Organizations} {More}
        """);
}
