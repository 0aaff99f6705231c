-- A verdict that takes another one back: which one. It says itself what holds again; 'withdrawn' where nothing does.
alter table ficus.verdicts add undoes bigint;

-- Pairs by hour, to see when a difference came, grew and went; under whatever comparison rules.
create table ficus.signature_hours (
  migration text not null,
  signature text not null,
  hour timestamptz not null,
  service_build text not null,
  -- Against the service; of those asked twice, against the service and by the monolith with itself.
  pairs bigint not null,
  twice_service bigint not null,
  twice_monolith bigint not null,
  primary key (migration, signature, hour, service_build)
);

create index signature_hours_by_age on ficus.signature_hours (hour);

-- What these are a part of.
create table ficus.route_hours (
  migration text not null,
  route text not null,
  hour timestamptz not null,
  service_build text not null,
  pairs bigint not null,
  asked_twice bigint not null,
  primary key (migration, route, hour, service_build)
);

create index route_hours_by_age on ficus.route_hours (hour);
