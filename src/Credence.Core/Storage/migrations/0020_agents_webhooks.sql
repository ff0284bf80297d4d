-- A webhook is of one door: that door's events, envelope, signature and patience. failure_count: attempts that failed since the last that did not.
alter table webhooks add column door text not null default 'grants';
alter table webhooks add column name text;
alter table webhooks add column failure_count integer not null default 0;

-- What the receiver answered to the last attempt.
alter table webhook_deliveries add column http_status integer;
create index webhook_deliveries_dead on webhook_deliveries (webhook_id, created_ms, id) where status = 'dead_letter';
