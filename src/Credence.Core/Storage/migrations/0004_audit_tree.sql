-- The Merkle tree over an organization's sealed entries. One row per full tile of 256 hashes (32 bytes each), which never changes: on level 0
-- leaf hashes, on each higher level the roots of the tiles below.
create table audit_tiles (
    organization_id text not null,
    level integer not null,
    number bigint not null,
    hashes bytea not null,
    root bytea not null,
    primary key (organization_id, level, number)
);

-- Signed statements of how large the tree was and what its root was, in one line per organization: number counts from 1, each note names the
-- one before by its hash. published: it lies at the place the operator does not control alone.
create table audit_checkpoints (
    organization_id text not null,
    number bigint not null,
    size bigint not null,
    note text not null,
    created_ms bigint not null,
    published boolean not null,
    primary key (organization_id, number)
);
create unique index audit_checkpoints_size on audit_checkpoints (organization_id, size);
create index audit_checkpoints_time on audit_checkpoints (organization_id, created_ms);
create index audit_checkpoints_unpublished on audit_checkpoints (organization_id, number) where not published;

-- Keys that sign checkpoints and nothing else. sealed is encrypted: the private key of the current one; of a retired one its public key again, which
-- proves that whoever wrote the row held the encryption key and not just the database.
create table audit_keys (
    kid text primary key,
    status text not null,
    public_key bytea not null,
    sealed text not null,
    created_ms bigint not null
);
create unique index audit_keys_one on audit_keys (status) where status = 'current';

-- How far retention has come: entries below target lose their bodies, those below emptied have. Only a mark to go on from; what may be
-- empty is what a checkpoint says.
create table audit_retention (
    organization_id text primary key,
    target bigint not null,
    emptied bigint not null
);
