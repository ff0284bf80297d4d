-- The documented names (contract identity B.8), unless they are taken. Hashes of passwords and of refresh tokens are in none: nobody who reads these needs them.
create schema if not exists identity;

-- Ids are text under the documented names; so that asking for one reads one row.
create index people_id_text on people ((id::text));

do $views$
begin
    if to_regclass('identity."User"') is null then
        create view identity."User" as
        select id::text as id, uuid, upper(status) as status, to_timestamp(last_sign_in_ms / 1000.0) as last_login_at,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(modified_ms / 1000.0) as modified_at, to_timestamp(deleted_ms / 1000.0) as deleted_at
        from credence.people;
    end if;

    if to_regclass('identity."UserIdentifier"') is null then
        create view identity."UserIdentifier" as
        select id, person_id::text as user_id, upper(scheme) as scheme, value as identifier, verified, may_sign_in,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(deleted_ms / 1000.0) as deleted_at
        from credence.person_identifiers;
    end if;

    if to_regclass('identity."UserCredential"') is null then
        create view identity."UserCredential" as
        select person_id::text as user_id, 'BASIC' as scheme, to_timestamp(changed_ms / 1000.0) as modified_at
        from credence.person_passwords;
    end if;

    if to_regclass('identity."UserProfile"') is null then
        create view identity."UserProfile" as
        select id::text as user_id, first_name, last_name, birthday, locale,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(modified_ms / 1000.0) as modified_at, to_timestamp(deleted_ms / 1000.0) as deleted_at
        from credence.people;
    end if;

    if to_regclass('identity."Session"') is null then
        create view identity."Session" as
        select id, person_id::text as user_id, client_id, user_agent, address as ip, to_timestamp(created_ms / 1000.0) as created_at,
            to_timestamp(last_seen_ms / 1000.0) as last_seen_at, to_timestamp(expires_ms / 1000.0) as expires_at, to_timestamp(ended_ms / 1000.0) as ended_at
        from credence.person_sessions;
    end if;
end
$views$;
