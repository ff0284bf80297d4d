-- The documented name (contract grantex 6), unless a table of that name is there already.
do $views$
begin
    if to_regclass('public.anomalies') is null then
        create view public.anomalies as
        select id, organization_id as developer_id, type, severity, agent_id, principal_id, description, metadata::jsonb as metadata,
            to_timestamp(detected_ms / 1000.0) as detected_at, to_timestamp(acknowledged_ms / 1000.0) as acknowledged_at, status, rule_id, rule_name,
            to_timestamp(resolved_ms / 1000.0) as resolved_at, note as resolution_note
        from credence.anomalies;
    end if;
end
$views$;
