-- The documented names (contract grantex 6), for operators' queries and dashboards; a table of that name that was there before keeps it.
do $views$
begin
    if to_regclass('public.usage_daily') is null then
        create view public.usage_daily as
        select 'usg_' || organization_id || '_' || day_ms as id, organization_id as developer_id, (to_timestamp(day_ms / 1000) at time zone 'UTC')::date as date,
            sum(token_exchanges)::bigint as token_exchanges, sum(authorizations)::bigint as authorizations, sum(verifications)::bigint as verifications,
            sum(token_exchanges + authorizations + verifications)::bigint as total_requests
        from credence.usage_counts group by organization_id, day_ms;
    end if;

    if to_regclass('public.subscriptions') is null then
        create view public.subscriptions as
        select organization_id as id, organization_id as developer_id, stripe_customer_id, stripe_subscription_id, plan, status,
            to_timestamp(current_period_end_ms / 1000.0) as current_period_end, to_timestamp(updated_ms / 1000.0) as updated_at
        from credence.subscriptions;
    end if;
end
$views$;
