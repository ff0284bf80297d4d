-- What the agents door knows of an organization. One of them runs the installation.
alter table organizations add column slug text;
alter table organizations add column is_bootstrap boolean not null default false;
alter table organizations add column deleted_ms bigint;
alter table organizations add column updated_ms bigint;
alter table organizations add column plan_changed_ms bigint;
create unique index organizations_slug on organizations (slug);
create unique index organizations_bootstrap on organizations (is_bootstrap) where is_bootstrap;

-- What the agents door knows of an agent. email_key is the e-mail in lower case, by which it is unique; public_key is a JWK;
-- api_scopes are the door's own scopes it may have, null for all that its organization may give.
alter table agents add column email text;
alter table agents add column email_key text;
alter table agents add column agent_type text;
alter table agents add column version text;
alter table agents add column capabilities text;
alter table agents add column owner text;
alter table agents add column deployment_env text;
alter table agents add column public_key text;
alter table agents add column api_scopes text;
create unique index agents_email on agents (email_key);

-- Who belongs to an organization at the agents door. An agent that was removed has no row, and gets no token there.
create table memberships (
    agent_id text primary key references agents (id),
    organization_id text not null references organizations (id),
    role text not null,
    joined_ms bigint not null
);
create index memberships_organization on memberships (organization_id, joined_ms, agent_id);
insert into memberships (agent_id, organization_id, role, joined_ms) select id, organization_id, 'member', created_ms from agents;

-- What agents prove themselves with. A rotated secret may go on until previous_until_ms.
create table credentials (
    id text primary key,
    agent_id text not null references agents (id),
    hash text not null unique,
    previous_hash text unique,
    previous_until_ms bigint,
    signing_alg text not null,
    created_ms bigint not null,
    rotated_ms bigint,
    expires_ms bigint,
    revoked_ms bigint
);
create index credentials_agent on credentials (agent_id, created_ms, id);
create index credentials_expiring on credentials (expires_ms) where expires_ms is not null and revoked_ms is null;

-- Each door has its own names for what happens, and its own listeners.
alter table events add column door text not null default 'grants';

-- Assertions (RFC 7523) that were used, until they have expired.
create table spent_assertions (
    id text primary key,
    expires_ms bigint not null
);
create index spent_assertions_expires on spent_assertions (expires_ms);
