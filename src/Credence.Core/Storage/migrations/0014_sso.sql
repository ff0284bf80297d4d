-- Whether consent to this organization's agents needs a company sign-on. It follows from the connections, and is here because who asks for consent reads this row.
alter table organizations add column sso_enforced boolean not null default false;

-- The identity providers of an organization's people. What a protocol needs is one JSON object; its secret is encrypted, and in a column of its own.
create table sso_connections (
    id text primary key,
    organization_id text not null references organizations (id),
    name text not null,
    protocol text not null,
    status text not null,
    settings text not null,
    secret text,
    domains text not null,
    jit_provisioning boolean not null,
    enforce boolean not null,
    group_attribute text,
    group_mappings text not null,
    default_scopes text not null,
    created_ms bigint not null,
    updated_ms bigint not null
);
create index sso_connections_organization on sso_connections (organization_id, created_ms, id);

-- Which issuer a user of the directory signs on with: the same subject of another issuer is somebody else.
create table sso_links (
    user_id text primary key references scim_resources (id) on delete cascade,
    organization_id text not null references organizations (id),
    issuer text not null
);

-- Who signed on. Where the person is known, a principal session goes with it: that is what gives them anything, and ends with this.
create table sso_sessions (
    id text primary key,
    organization_id text not null references organizations (id),
    connection_id text not null references sso_connections (id) on delete cascade,
    principal_id text,
    principal_session_id text,
    email text,
    name text,
    idp_subject text not null,
    groups text not null,
    mapped_scopes text,
    created_ms bigint not null,
    expires_ms bigint not null
);
create index sso_sessions_organization on sso_sessions (organization_id, created_ms, id);
create index sso_sessions_connection on sso_sessions (connection_id);
create index sso_sessions_principal_session on sso_sessions (principal_session_id);
create index sso_sessions_expiry on sso_sessions (expires_ms);

-- The one provider of the older routes.
create table sso_configs (
    organization_id text primary key references organizations (id),
    issuer_url text not null,
    client_id text not null,
    client_secret text not null,
    redirect_uri text not null,
    created_ms bigint not null,
    updated_ms bigint not null
);
