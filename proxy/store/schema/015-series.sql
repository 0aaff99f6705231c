-- What was counted of each migration over time, in steps from a minute to two hours: each counted minute is added to
-- all of them. A table of its own for each, since they are kept for different times.
create table ficus.series (
  -- '' is the estate as a whole, with the traffic of no migration.
  migration text not null,
  step_seconds integer not null,
  at timestamptz not null,
  monolith_requests bigint not null,
  monolith_errors bigint not null,
  service_requests bigint not null,
  service_errors bigint not null,
  -- Counts by bucket, packed by proxy/telemetry/latency-bytes.ts.
  monolith_latency bytea not null,
  service_latency bytea not null,
  -- Of copies that went to the service: those that it failed, and how long the others took.
  copy_errors bigint not null,
  copy_latency bytea not null,
  agreed bigint not null,
  differed bigint not null,
  incomparable bigint not null,
  dropped jsonb not null,
  -- Where it stood at the end of the step; null where nobody looked.
  asked double precision,
  allowed double precision,
  effective double precision,
  judged_pairs bigint,
  judged_agreed bigint,
  -- Of the estate only.
  routes integer,
  moved_routes integer,
  primary key (migration, step_seconds, at)
) partition by list (step_seconds);

-- Rows are updated in place until their step is over.
create table ficus.series_minutes partition of ficus.series for values in (60) with (fillfactor = 80);
create table ficus.series_5_minutes partition of ficus.series for values in (300) with (fillfactor = 80);
create table ficus.series_30_minutes partition of ficus.series for values in (1800) with (fillfactor = 80);
create table ficus.series_2_hours partition of ficus.series for values in (7200) with (fillfactor = 80);

-- For dropping old ones.
create index series_by_time on ficus.series (at);

-- Moves of a migration within a span of time.
create index audit_of_migration_by_action on ficus.audit (migration, action, at);
