-- People, who are global (design D19). id is a Snowflake; uuid is what other doors call the same person.
create table people (
    id bigint primary key,
    uuid text not null unique,
    status text not null,
    first_name text,
    last_name text,
    birthday text,
    locale text,
    created_ms bigint not null,
    modified_ms bigint not null,
    last_sign_in_ms bigint,
    deleted_ms bigint
);

-- What a person signs in with. value is normalised. A deleted person's are free for others, which the partial index is for.
create table person_identifiers (
    id text primary key,
    person_id bigint not null references people (id),
    scheme text not null,
    value text not null,
    verified boolean not null,
    may_sign_in boolean not null,
    created_ms bigint not null,
    deleted_ms bigint
);
create unique index person_identifiers_one on person_identifiers (scheme, value) where deleted_ms is null;
create index person_identifiers_person on person_identifiers (person_id);

create table person_passwords (
    person_id bigint primary key references people (id),
    hash text not null,
    changed_ms bigint not null
);

-- A session is a family of refresh tokens, of which one is good at a time.
create table person_sessions (
    id text primary key,
    person_id bigint not null references people (id),
    client_id text,
    user_agent text,
    address text,
    created_ms bigint not null,
    last_seen_ms bigint not null,
    expires_ms bigint not null,
    ended_ms bigint
);
create index person_sessions_person on person_sessions (person_id, created_ms, id);
create index person_sessions_expires on person_sessions (expires_ms);

-- hash is the SHA-256 of the token. A spent one stays while its session could go on, so that its second use is seen for what it is.
create table person_refresh_tokens (
    hash text primary key,
    session_id text not null references person_sessions (id),
    expires_ms bigint not null,
    spent_ms bigint
);
create index person_refresh_tokens_session on person_refresh_tokens (session_id);

-- Which process gives ids under which node, and until when. No id of a node is born at or after its until_ms.
create table snowflake_nodes (
    node bigint primary key,
    holder text not null,
    until_ms bigint not null
);
