-- The documented table `users` (contract forward-auth A 34). One of that shape that is there already becomes users_adopted, out of which the server takes its rows
-- (AdoptUsers); one of another shape, or of another owner, is left alone, and nothing fails because of it (C.3).
do $users$
declare
    documented constant text[] := array['id uuid', 'email character varying', 'password_hash text', 'role character varying', 'created_at timestamp with time zone', 'updated_at timestamp with time zone'];
    found text[];
begin
    select array_agg(column_name || ' ' || replace(data_type, 'text', 'character varying')) into found
    from information_schema.columns
    where table_schema = 'public' and table_name = 'users' and exists (
        select 1 from pg_class c where c.oid = to_regclass('public.users') and c.relkind in ('r', 'p'));
    if found is not null and to_regclass('public.users_adopted') is null
        and not exists (select 1 from unnest(documented) d where replace(d, 'text', 'character varying') <> all (found)) then
        alter table public.users rename to users_adopted;
    end if;

    if to_regclass('public.users') is null then
        create view public.users as
        select p.uuid::uuid as id, i.value as email, w.hash as password_hash, coalesce(r.role, 'user') as role,
            to_timestamp(p.created_ms / 1000.0) as created_at, to_timestamp(p.modified_ms / 1000.0) as updated_at
        from credence.people p
        join credence.person_identifiers i on i.person_id = p.id and i.scheme = 'email' and i.may_sign_in and i.deleted_ms is null
        left join credence.person_passwords w on w.person_id = p.id
        left join credence.forward_auth_roles r on r.person_id = p.id
        where p.deleted_ms is null;
    end if;
exception when insufficient_privilege then
    raise warning 'public.users belongs to another role and is left alone';
end
$users$;
