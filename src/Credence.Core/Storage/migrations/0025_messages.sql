-- Mails and short messages that wait to be sent. body (to whom, and what goes into the text) is encrypted, for there may be a code in it; the row goes with the sending.
-- due_ms: when it may be tried; while a node tries it, that lies as far ahead as its lease.
create table messages (
    id text primary key,
    channel text not null,
    template text not null,
    body text not null,
    attempts integer not null,
    due_ms bigint not null,
    created_ms bigint not null
);
create index messages_due on messages (channel, due_ms);
