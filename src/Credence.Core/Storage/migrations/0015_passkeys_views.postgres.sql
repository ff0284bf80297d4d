-- The documented names (contract grantex 6), unless they are taken.
do $views$
begin
    if to_regclass('public.webauthn_credentials') is null then
        create view public.webauthn_credentials as
        select id, owner as principal_id, realm as developer_id, credential_id, encode(public_key, 'base64') as public_key, sign_count as counter,
            array(select json_array_elements_text(transports::json)) as transports, aaguid, device_name, backed_up,
            to_timestamp(last_used_ms / 1000.0) as last_used_at, to_timestamp(created_ms / 1000.0) as created_at
        from credence.passkeys;
    end if;

    if to_regclass('public.webauthn_challenges') is null then
        create view public.webauthn_challenges as
        select id, encode(value, 'hex') as challenge, owner as principal_id, realm as developer_id,
            case purpose when 'enrol' then 'registration' else 'authentication' end as ceremony_type,
            case purpose when 'consent' then subject end as auth_request_id, to_timestamp(expires_ms / 1000.0) as expires_at, false as consumed
        from credence.passkey_challenges;
    end if;
end
$views$;
