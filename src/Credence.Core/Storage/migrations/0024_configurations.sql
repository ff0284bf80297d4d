-- What an administrator sets at run time: mail and SMS providers, texts, one-time codes. owner_id is empty for what holds everywhere.
-- value is JSON of the group's shape; credential is encrypted (v1.<key>.<nonce>.<ciphertext>.<tag>, bound to the row's id) and never shown.
create table configurations (
    id text primary key,
    group_name text not null,
    code text not null,
    owner_id text not null default '',
    value text not null,
    credential text,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null,
    modified_by text not null,
    unique (group_name, code, owner_id)
);
