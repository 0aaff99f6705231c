-- What each side answered of a migration's routes by day (UTC), and how far copies back to the monolith agreed.
create table ficus.daily_counts (
  migration text not null,
  day date not null,
  monolith_hits bigint not null,
  service_hits bigint not null,
  reverse_agreed bigint not null,
  reverse_differed bigint not null,
  reverse_incomparable bigint not null,
  last_monolith_hit timestamptz,
  primary key (migration, day)
);
