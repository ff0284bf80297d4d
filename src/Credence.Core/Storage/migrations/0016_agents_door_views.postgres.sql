-- The documented names (contract agent-idp A.8, B.14), with ids as the agents door writes them; a table of that name that was there before keeps it.
create function credence.uuid_of(id text) returns uuid language sql immutable parallel safe as $$
    -- 26 characters of Crockford's base 32 are 130 bits, of which the first two are zero.
    select string_agg(to_hex(substr(bits, n * 4 + 3, 4)::bit(4)::int), '' order by n)::uuid
    from (
        select string_agg((strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(right(id, 26), n, 1)) - 1)::bit(5)::text, '' order by n) as bits
        from generate_series(1, 26) n
    ) t, generate_series(0, 31) n
$$;

do $views$
begin
    if to_regclass('public.tenant_tiers') is null then
        create view public.tenant_tiers as
        select credence.uuid_of(id)::text as org_id, plan as tier, to_timestamp(coalesce(plan_changed_ms, created_ms) / 1000.0) as updated_at
        from credence.organizations;
    end if;

    if to_regclass('public.organizations') is null then
        create view public.organizations as
        select credence.uuid_of(id) as organization_id, name, slug, plan as plan_tier,
            case when deleted_ms is not null then 'deleted' when suspended_ms is not null then 'suspended' else 'active' end as status,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(coalesce(updated_ms, created_ms) / 1000.0) as updated_at
        from credence.organizations;
    end if;

    if to_regclass('public.credentials') is null then
        create view public.credentials as
        select credence.uuid_of(id) as credential_id, credence.uuid_of(agent_id) as client_id, hash as secret_hash,
            case when revoked_ms is null then 'active' else 'revoked' end as status, to_timestamp(created_ms / 1000.0) as created_at,
            to_timestamp(expires_ms / 1000.0) as expires_at, to_timestamp(revoked_ms / 1000.0) as revoked_at
        from credence.credentials;
    end if;

    if to_regclass('public.token_revocations') is null then
        create view public.token_revocations as
        select credence.uuid_of(id) as jti, to_timestamp(expires_ms / 1000.0) as expires_at from credence.revocations where kind = 'access_token';
    end if;
end
$views$;
