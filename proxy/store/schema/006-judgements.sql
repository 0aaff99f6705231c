-- Pairs whose request the monolith answered twice, and what those show of each signature.
alter table ficus.route_evidence add asked_twice bigint not null default 0;
alter table ficus.signatures
  add twice_both bigint not null default 0,
  add twice_service bigint not null default 0,
  add twice_monolith bigint not null default 0;

create index signatures_by_id on ficus.signatures (signature);

-- Differing pairs by all the signatures that they show: which of them count as agreeing changes with what is
-- judged, and with what turns out to be noise.
create table ficus.difference_sets (
  migration text not null,
  monolith_build text not null,
  service_build text not null,
  rules_hash text not null,
  route text not null,
  signatures text[] not null,
  pairs bigint not null,
  counted_at timestamptz not null default now(),
  primary key (migration, monolith_build, service_build, rules_hash, route, signatures)
);

create index difference_sets_by_age on ficus.difference_sets (counted_at);

-- What pairs have shown of a route: methods, status classes, media types, roles, shapes of queries.
create table ficus.coverage (
  migration text not null,
  monolith_build text not null,
  service_build text not null,
  rules_hash text not null,
  route text not null,
  dimension text not null,
  value text not null,
  compared bigint not null,
  incomparable bigint not null,
  counted_at timestamptz not null default now(),
  primary key (migration, monolith_build, service_build, rules_hash, route, dimension, value)
);

create index coverage_by_age on ficus.coverage (counted_at);

-- What people decided on signatures. The newest counts; all of them stay.
create table ficus.verdicts (
  seq bigint generated always as identity primary key,
  migration text not null,
  signature text not null,
  route text not null,
  place text not null,
  kind text not null,
  verdict text not null,
  owner text not null,
  reason text not null,
  until timestamptz,
  at timestamptz not null,
  actor text not null,
  -- Under which it was decided, and what was known then.
  monolith_build text not null,
  service_build text not null,
  rules_hash text not null,
  pairs bigint not null,
  route_pairs bigint not null
);

create index verdicts_of_signature on ficus.verdicts (migration, signature, seq desc);

create function ficus.refuse_verdict_change() returns trigger language plpgsql as $$
begin
  raise exception 'ficus.verdicts is append-only: % is refused', tg_op using errcode = 'insufficient_privilege';
end
$$;

create trigger verdict_rows_stay before update or delete on ficus.verdicts
  for each row execute function ficus.refuse_verdict_change();

create trigger verdicts_stay before truncate on ficus.verdicts
  for each statement execute function ficus.refuse_verdict_change();
