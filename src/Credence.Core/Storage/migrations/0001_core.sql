-- Tenants and their keys.
create table organizations (
    id text primary key,
    name text not null,
    email text unique,
    email_verified boolean not null,
    mode text not null,
    plan text not null,
    consent_minimum text not null,
    strict_scopes boolean not null,
    fido_required boolean not null,
    fido_rp_name text,
    created_ms bigint not null
);

create table api_keys (
    id text primary key,
    organization_id text not null references organizations (id),
    hash text not null unique,
    label text not null,
    read_only boolean not null,
    created_ms bigint not null,
    expires_ms bigint,
    last_used_ms bigint,
    revoked_ms bigint
);
create index api_keys_organization on api_keys (organization_id, created_ms);

create table email_verifications (
    hash text primary key,
    organization_id text not null references organizations (id),
    email text not null,
    expires_ms bigint not null,
    verified_ms bigint
);

-- Agents. A deleted agent stays as a row with status decommissioned.
create table agents (
    id text primary key,
    organization_id text not null references organizations (id),
    name text not null,
    description text not null,
    scopes text not null,
    redirect_uris text not null,
    status text not null,
    created_ms bigint not null,
    updated_ms bigint not null
);
create index agents_organization on agents (organization_id, created_ms, id);

-- Consent requests, and the code that an approval gives.
create table consent_requests (
    id text primary key,
    organization_id text not null references organizations (id),
    agent_id text not null references agents (id),
    principal_id text not null,
    scopes text not null,
    redirect_uri text,
    state text,
    audience text,
    lifetime_ms bigint not null,
    expires_ms bigint not null,
    status text not null,
    proof text,
    code_hash text unique,
    code_challenge text,
    created_ms bigint not null,
    decided_ms bigint
);

-- Grants form trees: root_id is the grant a person gave, parent_id the one it was delegated from.
create table grants (
    id text primary key,
    organization_id text not null references organizations (id),
    agent_id text not null references agents (id),
    principal_id text not null,
    scopes text not null,
    audience text,
    status text not null,
    consent_proof text not null,
    parent_id text references grants (id),
    parent_agent_id text,
    root_id text not null,
    depth integer not null,
    issued_ms bigint not null,
    expires_ms bigint not null,
    revoked_ms bigint
);
create index grants_organization on grants (organization_id, issued_ms, id);
create index grants_agent on grants (agent_id);
create index grants_parent on grants (parent_id);
create index grants_active on grants (organization_id, expires_ms) where status = 'active';

create table grant_tokens (
    id text primary key,
    grant_id text not null references grants (id),
    organization_id text not null,
    expires_ms bigint not null,
    revoked_ms bigint
);
create index grant_tokens_grant on grant_tokens (grant_id);

create table refresh_tokens (
    hash text primary key,
    grant_id text not null references grants (id),
    expires_ms bigint not null,
    rotated_ms bigint
);
create index refresh_tokens_grant on refresh_tokens (grant_id);

-- What happened. An entry is appended without a number and sealed right after: seq, hash and prev_hash belong together.
create table audit_entries (
    id text primary key,
    organization_id text not null,
    chain text not null,
    body text not null,
    created_ms bigint not null,
    seq bigint,
    hash text,
    prev_hash text
);
create unique index audit_entries_order on audit_entries (organization_id, chain, seq);
create index audit_entries_unsealed on audit_entries (organization_id, chain, id) where seq is null;

create table audit_heads (
    organization_id text not null,
    chain text not null,
    seq bigint not null,
    hash text,
    primary key (organization_id, chain)
);

-- What others are told: written with the change, given its position by the dispatcher.
create table events (
    id text primary key,
    organization_id text not null,
    type text not null,
    data text not null,
    created_ms bigint not null,
    position bigint
);
create index events_created on events (created_ms);

-- What no longer counts though its signature is good. position orders the changes for the nodes that follow them.
create table revocations (
    kind text not null,
    id text not null,
    not_before_ms bigint not null,
    expires_ms bigint not null,
    lifted boolean not null,
    position bigint not null unique,
    primary key (kind, id)
);
create index revocations_expires on revocations (expires_ms);

-- Numbers that others follow as a cursor are given under one of these rows, last thing before the commit.
create table heads (
    name text primary key,
    value bigint not null
);
insert into heads (name, value) values ('revocations', 0);

-- Signing keys. A next or current one lives here, its private part encrypted, one of each per algorithm. A retired one only verifies, until
-- remove_after_ms: keys that lived here, and the public parts of keys given from outside, which whoever holds one keeps pushing ahead.
create table signing_keys (
    kid text primary key,
    algorithm text not null,
    status text not null,
    public_jwk text not null,
    private_key text,
    created_ms bigint not null,
    activated_ms bigint,
    retired_ms bigint,
    remove_after_ms bigint
);
create unique index signing_keys_one on signing_keys (algorithm, status) where status in ('next', 'current');

-- One round per cluster: whoever holds the lease runs it.
create table leases (
    name text primary key,
    holder text not null,
    until_ms bigint not null
);
