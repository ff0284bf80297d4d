-- The documented name of the application chain (contract grantex 6), as 0002 has it of the other tables. Entries that retention has emptied are not in it.
do $views$
begin
    if to_regclass('public.audit_entries') is null then
        create view public.audit_entries as
        select id, agent_id, body::json ->> 'agentDid' as agent_did, grant_id, principal_id, organization_id as developer_id, action,
            body::json -> 'metadata' as metadata, hash, prev_hash as previous_hash, to_timestamp(created_ms / 1000.0) as timestamp, status
        from credence.audit_entries where chain = 'application' and body <> '';
    end if;
end
$views$;
