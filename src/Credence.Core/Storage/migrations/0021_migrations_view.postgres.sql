-- The runbook's question for what is applied (contract agent-idp A 52), as operators type it, unless the name is taken.
do $views$
begin
    if to_regclass('public.schema_migrations') is null then
        create view public.schema_migrations as
        select name, applied_at, checksum from credence.schema_migrations;
    end if;
end
$views$;
