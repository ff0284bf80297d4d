-- What a company directory tells of an organization's people (RFC 7643). The body is the resource; the other columns are what it is found by.
create table scim_tokens (
    id text primary key,
    organization_id text not null references organizations (id),
    hash text not null unique,
    label text not null,
    created_ms bigint not null,
    last_used_ms bigint,
    revoked_ms bigint
);
create index scim_tokens_organization on scim_tokens (organization_id, created_ms, id);

create table scim_resources (
    id text primary key,
    organization_id text not null references organizations (id),
    kind text not null,
    name_key text not null,
    external_id text,
    active boolean not null,
    body text not null,
    version bigint not null,
    created_ms bigint not null,
    updated_ms bigint not null
);
create unique index scim_resources_name on scim_resources (organization_id, kind, name_key);
create unique index scim_resources_external on scim_resources (organization_id, kind, external_id);
create index scim_resources_order on scim_resources (organization_id, kind, id);

create table scim_emails (
    user_id text not null references scim_resources (id) on delete cascade,
    organization_id text not null,
    value_key text not null
);
create index scim_emails_value on scim_emails (organization_id, value_key);
create index scim_emails_user on scim_emails (user_id);

create table scim_members (
    group_id text not null references scim_resources (id) on delete cascade,
    user_id text not null references scim_resources (id) on delete cascade,
    primary key (group_id, user_id)
);
create index scim_members_user on scim_members (user_id, group_id);

-- The names under which an organization speaks of a person, in grants and elsewhere. A name stays with who had it last; once they are gone it is
-- blocked until somebody of the directory has it again.
create table principals (
    organization_id text not null references organizations (id),
    name text not null,
    scim_user_id text not null,
    is_carried boolean not null,
    is_blocked boolean not null,
    primary key (organization_id, name)
);
create index principals_user on principals (scim_user_id);

create index principal_sessions_principal on principal_sessions (organization_id, principal_id);
