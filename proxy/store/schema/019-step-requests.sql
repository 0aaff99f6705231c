-- What the service answered since the present step was granted, over all replicas: the part of its hold that is counted.
create table ficus.step_requests (
  migration text primary key,
  granted_at timestamptz not null,
  requests bigint not null
);
