-- The documented names (contract agent-idp B.14), with ids as the agents door writes them; a table of that name that was there before keeps it.
do $views$
begin
    if to_regclass('public.audit_events') is null then
        create view public.audit_events as
        select credence.uuid_of(id) as event_id, credence.uuid_of(about_agent) as agent_id, organization_id as org_id, about_type as action, outcome,
            body::json -> 'data' as metadata, to_timestamp(created_ms / 1000.0) as timestamp, hash, prev_hash as previous_hash
        from credence.audit_entries where chain = 'system' and body <> '' and about_type is not null;
    end if;

    if to_regclass('public.analytics_events') is null then
        create view public.analytics_events as
        select credence.uuid_of(organization_id) as organization_id, (to_timestamp(hour_ms / 1000) at time zone 'UTC')::date as date, metric_type, sum(count)::bigint as count
        from credence.usage_events group by 1, 2, 3;
    end if;

    if to_regclass('public.webhook_subscriptions') is null then
        create view public.webhook_subscriptions as
        select credence.uuid_of(id) as id, credence.uuid_of(organization_id) as organization_id, name, url, events::json as events, active, failure_count,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(updated_ms / 1000.0) as updated_at
        from credence.webhooks where door = 'agents' and deleted_ms is null;
    end if;
end
$views$;
