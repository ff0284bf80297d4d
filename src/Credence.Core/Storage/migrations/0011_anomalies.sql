-- What an organization wants done about a high or critical anomaly: nothing but to be told (advise), or the agent's grants paused (pause).
alter table organizations add column anomaly_response text not null default 'advise';

-- A paused grant stays active and does not count. pauses: how many of itself and the grants above it are paused; it counts again at 0.
alter table grants add column paused_ms bigint;
alter table grants add column pauses integer not null default 0;
alter table grants add column revoked_by text;

-- What detection looks for. The index on the agent now also tells whether it held a grant of the same person before.
drop index grants_agent;
create index grants_agent on grants (agent_id, principal_id, issued_ms);
create index grants_revoked on grants (organization_id, revoked_ms) where revoked_ms is not null;
create index audit_entries_logged on audit_entries (organization_id, created_ms, agent_id, status, action) where agent_id is not null;

-- One thing that went on for a while: as long as each round finds it again it is one row, which ends with the first round that does not.
-- subject says what it is the same as. An alert is the same row. announced_ms: when channels, log and metrics were told, once.
create table anomalies (
    id text primary key,
    organization_id text not null references organizations (id),
    subject text not null,
    type text not null,
    severity text not null,
    rule_id text,
    rule_name text,
    custom_rule text,
    agent_id text,
    principal_id text,
    description text not null,
    metadata text not null,
    status text not null default 'open',
    note text,
    detected_ms bigint not null,
    seen_ms bigint not null,
    ended_ms bigint,
    acknowledged_ms bigint,
    resolved_ms bigint,
    announced_ms bigint
);
create unique index anomalies_going_on on anomalies (organization_id, subject) where ended_ms is null;
create index anomalies_list on anomalies (organization_id, detected_ms, id);
create index anomalies_unannounced on anomalies (organization_id, id) where announced_ms is null;
create index anomalies_unacknowledged on anomalies (id) where acknowledged_ms is null and ended_ms is null;
create index anomalies_ended on anomalies (ended_ms) where ended_ms is not null;

-- An organization's own rules; the members of condition that detection reads are columns too.
create table anomaly_rules (
    id text primary key,
    organization_id text not null references organizations (id),
    rule_id text not null,
    name text not null,
    description text,
    severity text not null,
    alert_channels text not null,
    metric text not null,
    action text,
    agent_id text,
    window_ms bigint not null,
    threshold bigint not null,
    enabled boolean not null,
    created_ms bigint not null
);
create index anomaly_rules_organization on anomaly_rules (organization_id, created_ms, id);

-- Where an organization is told. target is encrypted: addresses of chat hooks are secrets.
create table anomaly_channels (
    id text primary key,
    organization_id text not null references organizations (id),
    type text not null,
    name text not null,
    target text not null,
    severities text not null,
    enabled boolean not null,
    created_ms bigint not null
);
create index anomaly_channels_organization on anomaly_channels (organization_id, created_ms, id);

-- One alert for one channel. A pending one is due at due_ms; while a node sends it, that lies as far ahead as its lease.
create table anomaly_deliveries (
    id text primary key,
    organization_id text not null,
    anomaly_id text not null references anomalies (id) on delete cascade,
    channel_id text not null references anomaly_channels (id) on delete cascade,
    status text not null,
    attempts integer not null,
    due_ms bigint not null,
    last_error text,
    created_ms bigint not null,
    unique (anomaly_id, channel_id)
);
create index anomaly_deliveries_due on anomaly_deliveries (due_ms) where status = 'pending';
create index anomaly_deliveries_created on anomaly_deliveries (created_ms);

insert into heads (name, value) values ('anomalies', 0); -- whoever writes down what a detection found holds this row
