create table ficus.audit (
  seq bigint primary key,
  -- Given by the writer: an entry that is sent twice is kept once.
  entry_id uuid not null unique,
  at timestamptz not null,
  actor text not null,
  action text not null,
  migration text,
  reason text not null,
  detail jsonb not null,
  hash text not null
);

create index audit_of_migration on ficus.audit (migration, seq desc);

create function ficus.refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'ficus.audit is append-only: % is refused', tg_op using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_rows_stay before update or delete on ficus.audit
  for each row execute function ficus.refuse_audit_change();

create trigger audit_stays before truncate on ficus.audit
  for each statement execute function ficus.refuse_audit_change();
