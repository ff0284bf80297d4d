-- What an organization subscribed to. No row: the free plan, and nothing was ever bought or set.
create table subscriptions (
    organization_id text primary key references organizations (id),
    plan text not null,
    status text not null,
    current_period_end_ms bigint,
    stripe_customer_id text,
    stripe_subscription_id text,
    stripe_plan text,
    linked_by text,
    updated_ms bigint not null
);
create index subscriptions_stripe on subscriptions (stripe_subscription_id);

-- What Stripe last said of each of its subscriptions, also of those that no checkout has linked to an organization yet. described_by and status_by order
-- what was said (time, kind, event): the later stands, in whatever order it arrives.
create table stripe_subscriptions (
    id text primary key,
    plan text,
    current_period_end_ms bigint,
    described_by text not null,
    status text,
    status_by text not null
);

-- Events that were taken in, by their ids: Stripe sends them at least once.
create table stripe_events (
    id text primary key,
    received_ms bigint not null
);
create index stripe_events_received on stripe_events (received_ms);

-- A suspended organization's keys do not work.
alter table organizations add column suspended_ms bigint;
