-- The newest result for each pact content and build.
create table ficus.contract_results (
  migration text not null,
  side text not null,
  consumer text not null,
  build text not null,
  pact_hash text not null,
  outcome text not null,
  interactions text[] not null,
  at timestamptz not null,
  primary key (migration, side, consumer, build, pact_hash)
);
