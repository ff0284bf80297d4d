-- People who look at what they granted. The token itself is never kept: this row is what ending it early needs, and what the audit log points at.
create table principal_sessions (
    id text primary key,
    organization_id text not null references organizations (id),
    principal_id text not null,
    created_ms bigint not null,
    expires_ms bigint not null,
    ended_ms bigint
);
create index principal_sessions_expires on principal_sessions (expires_ms);

-- What one person granted, newest first.
create index grants_principal on grants (organization_id, principal_id, issued_ms, id);
