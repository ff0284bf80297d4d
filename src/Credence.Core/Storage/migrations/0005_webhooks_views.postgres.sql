-- The documented names (contract grantex 6). Columns that are not computed can be updated through them: max_attempts of a delivery, for one (contract operations O27).
do $views$
begin
    if to_regclass('public.webhooks') is null then
        create view public.webhooks as
        select id, organization_id as developer_id, url, array(select json_array_elements_text(events::json)) as events, secret, active,
            to_timestamp(created_ms / 1000.0) as created_at
        from credence.webhooks where deleted_ms is null;
    end if;

    if to_regclass('public.webhook_deliveries') is null then
        create view public.webhook_deliveries as
        select id, webhook_id, event_id, event_type, body as payload, url, status, attempts, max_attempts, to_timestamp(due_ms / 1000.0) as next_retry_at,
            last_error, to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(delivered_ms / 1000.0) as delivered_at
        from credence.webhook_deliveries;
    end if;
end
$views$;
