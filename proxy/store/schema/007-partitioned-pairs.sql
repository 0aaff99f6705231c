-- Pairs and what they are samples of, in partitions of two hours: old ones are dropped whole, no row is deleted.
alter table ficus.pairs rename to pairs_before_partitions;
alter table ficus.samples rename to samples_before_partitions;
alter index ficus.pairs_pkey rename to pairs_before_partitions_pkey;
alter index ficus.samples_pkey rename to samples_before_partitions_pkey;

create table ficus.pairs (
  id text not null,
  migration text not null,
  -- Null in pairs from before this step.
  monolith_build text,
  service_build text,
  route text not null,
  at timestamptz not null,
  control text not null,
  outcome text not null,
  reason text,
  -- JSON as text: nothing asks what is in it.
  differences text not null,
  monolith_ms double precision not null,
  service_ms double precision not null,
  request text,
  monolith text,
  service text,
  primary key (id, at)
) partition by range (at);

-- What a pair is a sample of: each of its signatures, or its route when it could not be compared.
create table ficus.samples (
  sample_of text not null,
  at timestamptz not null,
  pair_id text not null,
  migration text not null,
  service_build text,
  primary key (sample_of, at, pair_id)
) partition by range (at);

-- Makes the partitions that these times need. Nobody's clock makes any beyond tomorrow.
create function ficus.make_pair_partitions(times timestamptz[]) returns void language plpgsql as $$
declare
  starts timestamptz;
  suffix text;
begin
  -- In one order and one at a time: two replicas would else make the same one.
  perform pg_advisory_xact_lock(1179206485, 3);
  for starts in
    select distinct date_bin('2 hours', t, '2000-01-01 00:00:00+00') from unnest(times) as t order by 1
  loop
    if starts > now() + interval '1 day' then
      raise exception 'A pair of % is from the future', starts using errcode = 'datetime_field_overflow';
    end if;
    suffix := to_char(starts at time zone 'UTC', 'YYYYMMDDHH24');
    if to_regclass('ficus.samples_' || suffix) is null then
      execute format('create table ficus.%I partition of ficus.pairs for values from (%L) to (%L)',
        'pairs_' || suffix, starts, starts + interval '2 hours');
      execute format('create table ficus.%I partition of ficus.samples for values from (%L) to (%L)',
        'samples_' || suffix, starts, starts + interval '2 hours');
    end if;
  end loop;
end
$$;

select ficus.make_pair_partitions(array_agg(distinct date_bin('2 hours', at, '2000-01-01 00:00:00+00')))
from ficus.pairs_before_partitions where at < now();

insert into ficus.pairs (id, migration, route, at, control, outcome, reason, differences, monolith_ms, service_ms,
  request, monolith, service)
select id, migration, route, at, control, outcome, reason, differences::text, monolith_ms, service_ms,
  request::text, monolith::text, service::text
from ficus.pairs_before_partitions where at < now();

insert into ficus.samples (sample_of, at, pair_id, migration)
select sample_of, s.at, pair_id, migration
from ficus.samples_before_partitions s join ficus.pairs_before_partitions p on p.id = s.pair_id
where s.at < now() and p.at = s.at;

drop table ficus.samples_before_partitions;
drop table ficus.pairs_before_partitions;
