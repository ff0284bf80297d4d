-- The documented names (contract identity B.8), unless they are taken.
create schema if not exists identity;

do $views$
begin
    if to_regclass('identity."Role"') is null then
        create view identity."Role" as
        select id, identifier, name::jsonb as name, description, priority, upper(type) as type, upper(status) as status,
            to_timestamp(created_ms / 1000.0) as created_at, to_timestamp(coalesce(modified_ms, created_ms) / 1000.0) as modified_at,
            created_by, coalesce(modified_by, created_by) as modified_by, to_timestamp(deleted_ms / 1000.0) as deleted_at
        from credence.roles;
    end if;

    if to_regclass('identity."Permission"') is null then
        create view identity."Permission" as
        select code as id, code, resource, action, description from credence.permissions;
    end if;

    if to_regclass('identity."PolicyDefinition"') is null then
        create view identity."PolicyDefinition" as
        select id, variant, subject_type, subject_id, target_type, target_id, domain, nullif(action, '') as action, effect,
            case when domain like 'Merchant\_%' then 'MERCHANT' when domain like 'Organizer\_%' then 'ORGANIZER' else 'SYSTEM' end as scope,
            to_timestamp(created_ms / 1000.0) as created_at, created_by, to_timestamp(deleted_ms / 1000.0) as deleted_at
        from credence.policy_definitions;
    end if;
end
$views$;

-- The runbook names these tables without a schema, for whoever asks as the user of DATABASE_URL. A search path that somebody chose is left alone.
do $path$
begin
    if not exists (
        select 1 from pg_db_role_setting s, unnest(s.setconfig) setting
        where s.setrole = (select oid from pg_roles where rolname = current_user)
            and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
            and setting like 'search\_path=%'
    ) then
        execute format('alter role %I in database %I set search_path = identity, public', current_user, current_database());
    end if;
end
$path$;
