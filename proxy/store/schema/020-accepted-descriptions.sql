-- When a description was accepted last: a service may go back to one that was seen long ago.
alter table ficus.service_descriptions add column accepted_at timestamptz;
update ficus.service_descriptions set accepted_at = seen_first where accepted;
