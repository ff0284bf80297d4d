-- Events are numbered after their commit, without gaps, under the head row 'events': who follows them by position misses none.
insert into heads (name, value) values ('events', 0);
create index events_unnumbered on events (id) where position is null;
create unique index events_position on events (position) where position is not null;
create index events_organization on events (organization_id, position) where position is not null;
