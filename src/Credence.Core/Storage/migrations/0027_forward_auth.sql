-- The role that tokens of the forward-auth door name, where it is not 'user'.
create table forward_auth_roles (
    person_id bigint primary key references people (id),
    role text not null
);
