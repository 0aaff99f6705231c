-- What a failed verification said, a text each, secrets hidden; empty when it passed, and in rows of an older Ficus.
alter table ficus.contract_results add column failures jsonb not null default '[]';

-- What a replica says of its workers and of its flags, with every heartbeat.
alter table ficus.replicas add column detail jsonb not null default '{}';
