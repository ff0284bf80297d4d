-- An organization's rules about what its agents may have without asking, or never.
create table policies (
    id text primary key,
    organization_id text not null references organizations (id),
    name text not null,
    effect text not null,
    priority integer not null,
    agent_id text,
    principal_id text,
    scopes text,
    time_of_day_start text,
    time_of_day_end text,
    time_zone text,
    days_of_week text,
    created_ms bigint not null,
    updated_ms bigint not null
);
create index policies_organization on policies (organization_id, priority, created_ms, id);

-- Goes up with every change to the rules: whoever has read the organization's row knows whether the rules in memory still count.
alter table organizations add column policy_version bigint not null default 0;
