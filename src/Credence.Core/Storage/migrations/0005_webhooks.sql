-- Events are numbered after their commit, without gaps, under the head row 'events': who follows them by position misses none.
insert into heads (name, value) values ('events', 0);
create index events_unnumbered on events (id) where position is null;
create unique index events_position on events (position) where position is not null;
create index events_organization on events (organization_id, position) where position is not null;

-- Where an organization is told of its events. Secrets are encrypted; the one before signs too until previous_until_ms. A deleted one stays until
-- its deliveries are swept.
create table webhooks (
    id text primary key,
    organization_id text not null references organizations (id),
    url text not null,
    events text not null,
    secret text not null,
    previous_secret text,
    previous_until_ms bigint,
    active boolean not null,
    disabled_reason text,
    failing_since_ms bigint,
    created_ms bigint not null,
    updated_ms bigint not null,
    deleted_ms bigint
);
create index webhooks_organization on webhooks (organization_id, created_ms, id) where deleted_ms is null;
create index webhooks_deleted on webhooks (id) where deleted_ms is not null;

-- Who is told of what: a row for each event of an active webhook, so that the dispatcher finds them with one join.
create table webhook_subscriptions (
    organization_id text not null,
    type text not null,
    webhook_id text not null references webhooks (id),
    primary key (organization_id, type, webhook_id)
);
create index webhook_subscriptions_webhook on webhook_subscriptions (webhook_id);

-- One event for one webhook. A pending one is due at due_ms; while a node sends it, that lies as far ahead as its lease.
create table webhook_deliveries (
    id text primary key,
    webhook_id text not null,
    event_id text not null,
    event_type text not null,
    body text not null,
    url text not null,
    status text not null,
    attempts integer not null,
    max_attempts integer not null,
    last_error text,
    due_ms bigint,
    created_ms bigint not null,
    delivered_ms bigint
);
create index webhook_deliveries_list on webhook_deliveries (webhook_id, created_ms, id);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_ms) where status = 'pending';
create index webhook_deliveries_failed on webhook_deliveries (webhook_id, created_ms, id) where status = 'failed';
