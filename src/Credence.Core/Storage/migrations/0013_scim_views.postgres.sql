-- The documented names (contract grantex 6), unless they are taken.
do $views$
begin
    if to_regclass('public.scim_tokens') is null then
        create view public.scim_tokens as
        select id, organization_id as developer_id, hash as token_hash, label, to_timestamp(last_used_ms / 1000.0) as last_used_at,
            to_timestamp(created_ms / 1000.0) as created_at
        from credence.scim_tokens where revoked_ms is null;
    end if;

    if to_regclass('public.scim_users') is null then
        create view public.scim_users as
        select id, organization_id as developer_id, external_id, body::json ->> 'userName' as user_name, body::json ->> 'displayName' as display_name, active,
            coalesce(body::json -> 'emails', '[]'::json) as emails,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(updated_ms / 1000.0) as updated_at
        from credence.scim_resources where kind = 'user';
    end if;
end
$views$;
