-- The account that an organization's name for somebody means (design D9): the first approval of somebody signed in binds it. A name that no directory
-- has given has an empty scim_user_id.
alter table principals add column person_id bigint references people (id);
alter table principals add column bound_ms bigint;
create index principals_person on principals (person_id);
