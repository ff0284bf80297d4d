-- The documented names (contract grantex 6), unless they are taken.
do $views$
begin
    if to_regclass('public.sso_configs') is null then
        create view public.sso_configs as
        select organization_id as developer_id, issuer_url, client_id, client_secret, redirect_uri,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(updated_ms / 1000.0) as updated_at
        from credence.sso_configs;
    end if;

    if to_regclass('public.sso_connections') is null then
        create view public.sso_connections as
        select id, organization_id as developer_id, name, protocol, status,
            settings::json ->> 'issuerUrl' as issuer_url, settings::json ->> 'clientId' as client_id,
            settings::json ->> 'idpEntityId' as idp_entity_id, settings::json ->> 'idpSsoUrl' as idp_sso_url,
            settings::json ->> 'spEntityId' as sp_entity_id, settings::json ->> 'spAcsUrl' as sp_acs_url,
            settings::json ->> 'ldapUrl' as ldap_url, settings::json ->> 'ldapBindDn' as ldap_bind_dn, settings::json ->> 'ldapSearchBase' as ldap_search_base,
            array(select json_array_elements_text(domains::json)) as domains, jit_provisioning, enforce, group_attribute, group_mappings::json as group_mappings,
            array(select json_array_elements_text(default_scopes::json)) as default_scopes,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(updated_ms / 1000.0) as updated_at
        from credence.sso_connections;
    end if;

    if to_regclass('public.sso_sessions') is null then
        create view public.sso_sessions as
        select id, organization_id as developer_id, connection_id, principal_id, email, name, idp_subject,
            array(select json_array_elements_text(groups::json)) as groups,
            array(select json_array_elements_text(coalesce(mapped_scopes, '[]')::json)) as mapped_scopes,
            to_timestamp(expires_ms / 1000.0) as expires_at, to_timestamp(created_ms / 1000.0) as created_at
        from credence.sso_sessions;
    end if;
end
$views$;
