-- A role that may not own tables still needs pair partitions made and dropped: both are done as the owner.
alter function ficus.make_pair_partitions(timestamptz[]) security definer;
alter function ficus.make_pair_partitions(timestamptz[]) set search_path = pg_catalog, pg_temp;

-- Drops partitions of pairs and samples by their suffix, such as 2026112410; others than digits are none.
create function ficus.drop_pair_partitions(suffixes text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  suffix text;
begin
  if exists (select from unnest(suffixes) as s where s !~ '^[0-9]{10}$') then
    raise exception 'A suffix of a partition is ten digits' using errcode = 'invalid_parameter_value';
  end if;
  -- Pairs before samples, as inserting locks them.
  foreach suffix in array suffixes loop
    execute format('drop table if exists ficus.%I', 'pairs_' || suffix);
  end loop;
  foreach suffix in array suffixes loop
    execute format('drop table if exists ficus.%I', 'samples_' || suffix);
  end loop;
end
$$;

revoke execute on function ficus.drop_pair_partitions(text[]) from public;

create index audit_of_actor on ficus.audit (actor, seq desc);

-- Who makes a forward move, and from which revision: one at a time, however many replicas are asked.
create table ficus.move_claims (
  migration text primary key,
  revision bigint not null,
  -- Given by who claims: only that one may give it back.
  claim_id uuid not null,
  actor text not null,
  move text not null,
  claimed_at timestamptz not null default now()
);

-- Who runs beside whom, and by which routes.yaml: each replica says it every few seconds.
create table ficus.replicas (
  replica text primary key,
  config_hash text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null default now()
);
