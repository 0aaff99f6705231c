alter table ficus.migration_states add column detail jsonb not null default '{}';
