-- What organizations used, a day at a time. Calls count on one of several rows (stripes), so that they do not wait for each other; a stripe whose name
-- begins with j_ is a node's journal of verifications, whose number that node alone writes.
create table usage_counts (
    organization_id text not null,
    day_ms bigint not null,
    stripe text not null,
    authorizations bigint not null,
    token_exchanges bigint not null,
    verifications bigint not null,
    primary key (organization_id, day_ms, stripe)
);
create index usage_counts_day on usage_counts (day_ms);

-- Places that a plan has left, dealt out over stripes. dealt is the limit they were dealt from; what is there is counted only when they run out.
create table plan_places (
    organization_id text not null references organizations (id),
    resource text not null,
    stripe integer not null,
    places bigint not null,
    dealt bigint not null,
    dealt_ms bigint not null,
    primary key (organization_id, resource, stripe)
);
