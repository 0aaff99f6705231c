-- Entries of a flag server's log that a replica has audited, or made itself: each is told once.
create table ficus.told_flag_events (
  source text not null,
  event_id bigint not null,
  at timestamptz not null default now(),
  primary key (source, event_id)
);
