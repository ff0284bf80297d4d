-- An entry waits here, unnumbered, from the commit of what it describes until a sealer takes it out and writes it where it stays. So the small
-- table is the one that changes all the time, and audit_entries only grows.
create table audit_pending (
    organization_id text not null,
    id text not null,
    body text not null,
    created_ms bigint not null,
    primary key (organization_id, id)
);

-- leaf is the entry's place, from 0, in the organization's one tree over both chains; leaf_hash = SHA-256(0x00 || body), 32 bytes (RFC 6962 2.1).
alter table audit_entries add column leaf bigint;
alter table audit_entries add column leaf_hash bytea;
create unique index audit_entries_leaf on audit_entries (organization_id, leaf);
create index audit_entries_unplaced on audit_entries (organization_id, chain, seq) where leaf is null; -- what was sealed before there was a tree

-- What an entry of the application chain says about itself, to be found by; null in the system chain, which so stays out of these indexes.
alter table audit_entries add column agent_id text;
alter table audit_entries add column grant_id text;
alter table audit_entries add column principal_id text;
alter table audit_entries add column action text;
alter table audit_entries add column status text;
create index audit_entries_agent on audit_entries (organization_id, agent_id, seq) where agent_id is not null;
create index audit_entries_grant on audit_entries (organization_id, grant_id, seq) where grant_id is not null;
create index audit_entries_principal on audit_entries (organization_id, principal_id, seq) where principal_id is not null;
create index audit_entries_action on audit_entries (organization_id, action, seq) where action is not null;

-- The row of chain 'tree' orders all sealers of an organization; its seq is the tree's size. last_id: the application chain's newest entry,
-- behind which the next one sorts.
alter table audit_heads add column last_id text;

-- The changes above hold the table, so nothing is appended between these two.
insert into audit_pending (organization_id, id, body, created_ms) select organization_id, id, body, created_ms from audit_entries where seq is null;
delete from audit_entries where seq is null;
drop index audit_entries_unsealed;
