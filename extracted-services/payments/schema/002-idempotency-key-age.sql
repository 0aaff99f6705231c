-- Keys that are old enough are removed, the oldest first.
CREATE INDEX idempotency_key_age ON payments.idempotency_key (created_at);
