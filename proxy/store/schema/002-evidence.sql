-- Adds two rows of counters bucket by bucket; the shorter one counts as padded with zeros.
create function ficus.add_counts(a bigint[], b bigint[]) returns bigint[] language sql immutable as $$
  select coalesce(array_agg(coalesce(x, 0) + coalesce(y, 0) order by place), '{}')
  from unnest(a, b) with ordinality as t(x, y, place)
$$;

create table ficus.route_evidence (
  migration text not null,
  monolith_build text not null,
  service_build text not null,
  rules_hash text not null,
  route text not null,
  agreed bigint not null,
  differed bigint not null,
  incomparable bigint not null,
  monolith_latency bigint[] not null,
  service_latency bigint[] not null,
  counted_at timestamptz not null default now(),
  primary key (migration, monolith_build, service_build, rules_hash, route)
);

create index route_evidence_by_age on ficus.route_evidence (counted_at);

create table ficus.signatures (
  migration text not null,
  monolith_build text not null,
  service_build text not null,
  rules_hash text not null,
  signature text not null,
  route text not null,
  place text not null,
  kind text not null,
  pairs bigint not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  monolith text,
  service text,
  primary key (migration, monolith_build, service_build, rules_hash, signature)
);

create index signatures_by_age on ficus.signatures (last_seen);

-- Increments that were added: one whose answer got lost is sent again and must not count twice.
create table ficus.evidence_increments (
  id uuid primary key,
  added_at timestamptz not null default now()
);

create index evidence_increments_by_age on ficus.evidence_increments (added_at);
