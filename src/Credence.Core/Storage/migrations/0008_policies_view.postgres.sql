-- The documented name (contract grantex 6), unless it is taken.
do $view$
begin
    if to_regclass('public.policies') is null then
        create view public.policies as
        select id, organization_id as developer_id, name, effect, priority, agent_id, principal_id,
            case when scopes is not null then array(select json_array_elements_text(scopes::json)) end as scopes,
            time_of_day_start, time_of_day_end, time_zone, days_of_week,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(updated_ms / 1000.0) as updated_at
        from credence.policies;
    end if;
end
$view$;
