-- Other issuers whose agents' tokens are understood here. version counts the changes.
create table federation_partners (
    id text primary key,
    name text not null,
    issuer text not null unique,
    jwks_uri text not null,
    allowed_organizations text not null,
    status text not null,
    expires_ms bigint,
    created_ms bigint not null,
    updated_ms bigint not null,
    version bigint not null
);

-- CI workloads that may act as an agent. branch is '' for any; owner_id is that of the account which owned the repository at the first use.
create table trust_policies (
    id text primary key,
    organization_id text not null references organizations (id),
    agent_id text not null references agents (id),
    provider text not null,
    repository text not null,
    repository_key text not null, -- in lower case: the provider's names differ in nothing else
    branch text not null,
    owner_id text,
    created_ms bigint not null,
    updated_ms bigint not null
);
create unique index trust_policies_once on trust_policies (organization_id, agent_id, provider, repository_key, branch);
create index trust_policies_repository on trust_policies (provider, repository_key);
