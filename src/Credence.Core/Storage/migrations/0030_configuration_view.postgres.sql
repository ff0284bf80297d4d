-- The documented name (contract identity B.8), as operators type it, unless it is taken.
do $views$
begin
    if to_regclass('public."Configuration"') is null then
        create view public."Configuration" as
        select id, group_name as "group", code, nullif(owner_id, '') as owner_id, value::jsonb as value, credential,
            to_timestamp(created_ms / 1000.0) as created_at, created_by, to_timestamp(modified_ms / 1000.0) as modified_at, modified_by
        from credence.configurations;
    end if;
end
$views$;
