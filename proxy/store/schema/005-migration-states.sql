create table ficus.migration_states (
  migration text primary key,
  revision bigint not null,
  granted double precision not null,
  held boolean not null,
  granted_at timestamptz not null,
  requests_since_grant bigint not null,
  phase text not null,
  phase_since timestamptz not null
);
