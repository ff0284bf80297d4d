-- The trace of the change that an event tells of goes on with its deliveries: a W3C traceparent, where tracing was on.
alter table events add column traceparent text;
alter table webhook_deliveries add column traceparent text;
