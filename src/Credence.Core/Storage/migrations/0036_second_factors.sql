-- What a person shows besides a password (RFC 6238). secret is encrypted for this row; last_step numbers the half minute of the last code that was taken, so that
-- each counts once. It asks for nothing until it is confirmed.
create table person_totp (
    person_id bigint primary key references people (id),
    secret text not null,
    last_step bigint not null,
    created_ms bigint not null,
    confirmed_ms bigint
);

-- For whoever lost the rest. hash is the SHA-256 of person and code.
create table person_recovery_codes (
    person_id bigint not null references people (id),
    hash text not null,
    created_ms bigint not null,
    used_ms bigint,
    primary key (person_id, hash)
);

-- Somebody passed a first factor and has yet to show the second. hash is the SHA-256 of what they come back with; methods is what they showed (RFC 8176).
create table pending_sign_ins (
    hash text primary key,
    person_id bigint not null references people (id),
    how text not null,
    methods text not null,
    client_id text,
    attempts bigint not null,
    expires_ms bigint not null
);
create index pending_sign_ins_person on pending_sign_ins (person_id);
create index pending_sign_ins_expires on pending_sign_ins (expires_ms);

-- Since when a passkey is asked for besides a password; null where it is not.
alter table people add column passkey_asked_ms bigint;

-- How somebody signed in (RFC 8176); null for sessions from before it was kept.
alter table person_sessions add column methods text;
