-- What agents did at the agents door, an hour at a time. A stripe is one journal of one node, whose number that node alone writes: the sum of a key's
-- stripes counts. The numbers that limits are held against live in shared state; from here they come back when they are lost there.
create table usage_events (
    organization_id text not null,
    agent_id text not null,
    metric_type text not null,
    hour_ms bigint not null,
    stripe text not null,
    count bigint not null,
    primary key (organization_id, metric_type, hour_ms, agent_id, stripe)
);
create index usage_events_agent on usage_events (agent_id, metric_type, hour_ms);
create index usage_events_hour on usage_events (hour_ms);

-- What the server did is found by what it was about: written when an entry is sealed, for entries sealed from here on.
alter table audit_entries add column about_agent text;
alter table audit_entries add column about_type text;
alter table audit_entries add column outcome text;
create index audit_entries_about_agent on audit_entries (organization_id, about_agent, seq) where about_agent is not null;
create index audit_entries_about_type on audit_entries (organization_id, about_type, seq) where about_type is not null;
create index audit_entries_failure on audit_entries (organization_id, seq) where outcome = 'failure';

-- Organizations whose system chain did not hold when it was last checked whole. The gauge of the chain's integrity is 1 while there is none.
create table audit_breaks (
    organization_id text primary key,
    entry_id text,
    reason text not null,
    found_ms bigint not null
);

-- What the jobs that check the installation found last (contract agent-idp B.1, SOC 2 controls).
create table controls (
    id text primary key,
    status text not null,
    evidence text not null,
    checked_ms bigint not null
);
