-- What `redact` rules hid in a pair, sealed with a key that is not in this database. Kept apart from the pairs, so
-- that nothing that reads those reads it, and dropped sooner.
create table ficus.sealed_values (
  pair_id text not null,
  at timestamptz not null,
  -- Of the key that opens it.
  key_id text not null,
  -- Which redactions of the pair it opens: what the pair itself shows of them.
  marks text[] not null,
  sealed bytea not null,
  primary key (pair_id, at)
) partition by range (at);

-- As before, and a partition of the sealed values with each.
create or replace function ficus.make_pair_partitions(times timestamptz[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  starts timestamptz;
  suffix text;
  parent text;
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
    foreach parent in array array['pairs', 'samples', 'sealed_values'] loop
      if to_regclass('ficus.' || parent || '_' || suffix) is null then
        execute format('create table ficus.%I partition of ficus.%I for values from (%L) to (%L)',
          parent || '_' || suffix, parent, starts, starts + interval '2 hours');
      end if;
    end loop;
  end loop;
end
$$;

create or replace function ficus.drop_pair_partitions(suffixes text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  suffix text;
  parent text;
begin
  if exists (select from unnest(suffixes) as s where s !~ '^[0-9]{10}$') then
    raise exception 'A suffix of a partition is ten digits' using errcode = 'invalid_parameter_value';
  end if;
  -- Pairs before samples before sealed values, as inserting locks them.
  foreach parent in array array['pairs', 'samples', 'sealed_values'] loop
    foreach suffix in array suffixes loop
      execute format('drop table if exists ficus.%I', parent || '_' || suffix);
    end loop;
  end loop;
end
$$;

-- Empties those that begin before `older_than`: what is sealed lives shorter than the pair it belongs to.
create function ficus.drop_sealed_partitions(older_than timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  partition text;
begin
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'ficus.sealed_values'::regclass and pg_relation_size(c.oid) > 0
      and c.relname < 'sealed_values_' || to_char(older_than at time zone 'UTC', 'YYYYMMDDHH24')
    order by 1
  loop
    execute format('truncate ficus.%I', partition);
  end loop;
end
$$;

revoke execute on function ficus.drop_sealed_partitions(timestamptz) from public;

-- Partitions that are there already get theirs.
select ficus.make_pair_partitions(
  array_agg(to_timestamp(substr(c.relname, 7) || '+00', 'YYYYMMDDHH24TZH')))
from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'ficus.pairs'::regclass;
