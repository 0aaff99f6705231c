-- What the service answered since the present step was granted, over all replicas: the part of its hold that is counted.
create table ficus.step_requests (
  migration text primary key,
  granted_at timestamptz not null,
  requests bigint not null
);

-- What each replica saw of a drill: its way back, then what its clients were answered meanwhile.
create table ficus.drill_reports (
  drill text not null,
  replica text not null,
  workers int not null,
  came_back boolean not null,
  requests bigint,
  failed bigint,
  at timestamptz not null default now(),
  primary key (drill, replica)
);
