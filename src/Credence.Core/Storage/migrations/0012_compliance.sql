-- What a summary counts and an export with a status looks for. Most entries are a success: those are not in this index, so that logging them costs nothing.
create index audit_entries_unusual on audit_entries (organization_id, status, seq) where status in ('failure', 'blocked');
