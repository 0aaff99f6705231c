-- What a command was answered, by its Idempotency-Key: sent again, to whichever replica, it is not done again.
create table ficus.command_answers (
  -- SHA-256 of who asked, for what, with which key.
  command text primary key,
  body_hash text not null,
  claimed_at timestamptz not null default now(),
  -- Both absent while it is being done.
  status integer,
  answer text
);

create index command_answers_by_age on ficus.command_answers (claimed_at);
