create table ficus.pairs (
  id text primary key,
  migration text not null,
  route text not null,
  at timestamptz not null,
  control text not null,
  outcome text not null,
  reason text,
  differences jsonb not null,
  monolith_ms double precision not null,
  service_ms double precision not null,
  request jsonb,
  monolith jsonb,
  service jsonb,
  -- Length of the texts above, which the limit on the table's size adds up.
  bytes integer not null
);

create index pairs_newest on ficus.pairs (at desc, id desc) include (bytes);

-- What a pair is a sample of: each of its signatures, or its route when it could not be compared.
create table ficus.samples (
  sample_of text not null,
  at timestamptz not null,
  pair_id text not null references ficus.pairs (id) on delete cascade,
  primary key (sample_of, at, pair_id)
);

create index samples_of_pair on ficus.samples (pair_id);
