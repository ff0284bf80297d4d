-- Passkeys (WebAuthn Level 3). realm is the organization within which owner is somebody's name. Ids of credentials, handles of users: base64url.
create table passkeys (
    id text primary key,
    realm text not null,
    owner text not null,
    credential_id text not null,
    public_key bytea not null,
    sign_count bigint not null,
    transports text not null,
    aaguid text not null,
    attestation text not null,
    device_name text,
    backup_eligible boolean not null,
    backed_up boolean not null,
    user_handle text not null,
    enrolment text not null,
    created_ms bigint not null,
    last_used_ms bigint
);
create unique index passkeys_credential on passkeys (realm, credential_id);
create index passkeys_owner on passkeys (realm, owner, created_ms, id);

-- Whoever answers one deletes it first, so that it is answered once.
create table passkey_challenges (
    id text primary key,
    value bytea not null,
    realm text not null,
    owner text not null,
    purpose text not null,
    subject text not null,
    details text not null,
    expires_ms bigint not null
);
create index passkey_challenges_expires on passkey_challenges (expires_ms);

alter table organizations add column passkey_enrolment text not null default 'session';

alter table consent_requests add column proven_ms bigint;

-- What was signed when a consent was proven: SHA-256(statement) is the challenge in client_data; signature is over authenticator_data and
-- SHA-256(client_data) with public_key. It stays with the grant.
create table consent_evidence (
    consent_id text primary key,
    organization_id text not null references organizations (id),
    grant_id text references grants (id),
    passkey_id text not null,
    credential_id text not null,
    public_key bytea not null,
    statement text not null,
    client_data bytea not null,
    authenticator_data bytea not null,
    signature bytea not null,
    created_ms bigint not null
);
create index consent_evidence_grant on consent_evidence (grant_id);
create index consent_evidence_unused on consent_evidence (created_ms) where grant_id is null;
