using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>The four documented detectors, with their thresholds and windows (contract grantex 10).</summary>
internal static class Detectors
{
    /// <summary>What they find: what <c>/v1/anomalies</c> lists.</summary>
    public static readonly string[] Types = ["rate_spike", "high_failure_rate", "new_principal", "off_hours_activity"];

    /// <summary>All four.</summary>
    public static readonly Kind[] Kinds =
    [
        new("rate_spike", Severity.High, RateSpike),
        new("high_failure_rate", Severity.Medium, HighFailureRate),
        new("new_principal", Severity.Low, NewPrincipal),
        new("off_hours_activity", Severity.Low, OffHoursActivity),
    ];

    /// <summary>More than 50 entries of an agent within the hour.</summary>
    private static Sql RateSpike(Sight sight) => Sql.Of(
        $$"""
        select o.id as organization_id, e.agent_id as about, e.agent_id as agent_id, null as principal_id,
            'Agent ' || e.agent_id || ' logged ' || count(*) || ' actions in the last hour.' as description,
            '{"count":' || count(*) || ',"windowHours":1,"threshold":50}' as metadata
        from organizations o join audit_entries e on e.organization_id = o.id and e.agent_id is not null and e.created_ms >= {{sight.Since(1)}}
        where true {{sight.Organizations}}
        group by o.id, e.agent_id having count(*) > 50
        """);

    /// <summary>Of at least 5 entries of an agent within the day, more than a fifth failed or were blocked.</summary>
    private static Sql HighFailureRate(Sight sight) => Sql.Of(
        $$"""
        select d.organization_id, d.agent_id as about, d.agent_id, null as principal_id,
            d.bad || ' of ' || d.total || ' actions of agent ' || d.agent_id || ' failed or were blocked in the last 24 hours.' as description,
            '{"badCount":' || d.bad || ',"totalCount":' || d.total || ',"percentFailure":' || ((200 * d.bad + d.total) / (2 * d.total))
                || ',"windowHours":24,"threshold":0.2}' as metadata
        from (
            select o.id as organization_id, e.agent_id as agent_id, count(*) as total, count(case when e.status in ('failure', 'blocked') then 1 end) as bad
            from organizations o join audit_entries e on e.organization_id = o.id and e.agent_id is not null and e.created_ms >= {{sight.Since(24)}}
            where true {{sight.Organizations}}
            group by o.id, e.agent_id having count(*) >= 5
        ) d
        where d.bad * 5 > d.total
        """);

    /// <summary>A grant of the last day, the first that its agent holds of that person; one anomaly for each such grant.</summary>
    private static Sql NewPrincipal(Sight sight) => Sql.Of(
        $$"""
        select o.id as organization_id, g.id as about, g.agent_id as agent_id, g.principal_id as principal_id,
            'Agent ' || g.agent_id || ' received a grant from previously-unseen principal ' || g.principal_id || '.' as description,
            '{"windowHours":24}' as metadata
        from organizations o join grants g on g.organization_id = o.id and g.issued_ms >= {{sight.Since(24)}}
        where not exists (
            select 1 from grants earlier
            where earlier.agent_id = g.agent_id and earlier.principal_id = g.principal_id and earlier.issued_ms < g.issued_ms
        ) {{sight.Organizations}}
        """);

    /// <summary>More than 10 entries of an agent within the day whose UTC hour is 22 or later, or before 6.</summary>
    private static Sql OffHoursActivity(Sight sight) => Sql.Of(
        $$"""
        select o.id as organization_id, e.agent_id as about, e.agent_id as agent_id, null as principal_id,
            'Agent ' || e.agent_id || ' logged ' || count(*) || ' actions between 22:00 and 06:00 UTC in the last 24 hours.' as description,
            '{"count":' || count(*) || ',"windowHours":24,"threshold":10}' as metadata
        from organizations o join audit_entries e on e.organization_id = o.id and e.agent_id is not null and e.created_ms >= {{sight.Since(24)}}
        where ((e.created_ms / 3600000) % 24 >= 22 or (e.created_ms / 3600000) % 24 < 6) {{sight.Organizations}}
        group by o.id, e.agent_id having count(*) > 10
        """);
}
