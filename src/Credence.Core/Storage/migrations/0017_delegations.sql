-- Authority that an agent passed on to another agent. Chains form trees: root_id is the first link, parent_id the one a link continues.
create table delegations (
    id text primary key,
    organization_id text not null references organizations (id),
    parties text not null, -- every agent on the chain, whose authority it is first and who holds it last
    delegator_id text not null references agents (id),
    delegatee_id text not null references agents (id),
    scopes text not null,
    parent_id text references delegations (id),
    root_id text not null,
    issued_ms bigint not null,
    expires_ms bigint not null,
    revoked_ms bigint,
    revoked_by text
);
create index delegations_given on delegations (delegator_id, id);
create index delegations_received on delegations (delegatee_id, id);
create index delegations_parent on delegations (parent_id);
