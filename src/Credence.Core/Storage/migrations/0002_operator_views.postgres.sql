-- The documented names (contract grantex 6), for operators' queries and dashboards. Secrets show as the hashes they are stored as.
-- Where a table of that name is there already, from a system that ran on this database before, the name is left to it.
do $views$
begin
    if to_regclass('public.developers') is null then
        create view public.developers as
        select o.id, (select k.hash from credence.api_keys k where k.organization_id = o.id and k.revoked_ms is null order by k.created_ms desc limit 1) as api_key_hash,
            o.name, o.email, o.email_verified, o.mode, o.plan, o.fido_required, o.fido_rp_name, to_timestamp(o.created_ms / 1000.0) as created_at
        from credence.organizations o;
    end if;

    if to_regclass('public.agents') is null then
        create view public.agents as
        select id, 'did:grantex:' || id as did, organization_id as developer_id, name, description,
            array(select json_array_elements_text(scopes::json)) as scopes, status,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(updated_ms / 1000.0) as updated_at
        from credence.agents;
    end if;

    if to_regclass('public.auth_requests') is null then
        create view public.auth_requests as
        select id, agent_id, principal_id, organization_id as developer_id, array(select json_array_elements_text(scopes::json)) as scopes,
            redirect_uri, state, (lifetime_ms / 1000) || 's' as expires_in, to_timestamp(expires_ms / 1000.0) as expires_at, audience, status,
            code_hash as code, code_challenge, case when code_challenge is not null then 'S256' end as code_challenge_method,
            to_timestamp(created_ms / 1000.0) as created_at
        from credence.consent_requests;
    end if;

    if to_regclass('public.grants') is null then
        create view public.grants as
        select id, agent_id, principal_id, organization_id as developer_id, array(select json_array_elements_text(scopes::json)) as scopes, status,
            to_timestamp(issued_ms / 1000.0) as issued_at, to_timestamp(expires_ms / 1000.0) as expires_at,
            to_timestamp(revoked_ms / 1000.0) as revoked_at, parent_id as parent_grant_id, depth as delegation_depth, audience, consent_proof
        from credence.grants;
    end if;

    if to_regclass('public.grant_tokens') is null then
        create view public.grant_tokens as
        select id as jti, grant_id, revoked_ms is not null as is_revoked, to_timestamp(expires_ms / 1000.0) as expires_at
        from credence.grant_tokens;
    end if;

    if to_regclass('public.refresh_tokens') is null then
        create view public.refresh_tokens as
        select hash as id, grant_id, rotated_ms is not null as is_used, to_timestamp(expires_ms / 1000.0) as expires_at
        from credence.refresh_tokens;
    end if;
end
$views$;
