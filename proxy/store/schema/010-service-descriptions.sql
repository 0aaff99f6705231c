-- What each service said that its API is. One that was accepted is what the next one must not take anything from.
create table ficus.service_descriptions (
  migration text not null,
  hash text not null,
  -- Of the service, with which it was seen first.
  build text not null,
  document text not null,
  accepted boolean not null,
  seen_first timestamptz not null default clock_timestamp(),
  primary key (migration, hash)
);
