-- Amounts are whole numbers of a currency's smallest unit, of which 10^exponent make one (ISO 4217).
CREATE TABLE payments.currency (
  code     text PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
  exponent smallint NOT NULL CHECK (exponent BETWEEN 0 AND 4)
);
INSERT INTO payments.currency VALUES ('EUR', 2), ('CHF', 2), ('GBP', 2), ('USD', 2), ('JPY', 0), ('KWD', 3);

CREATE TABLE payments.payment (
  payment_no     integer PRIMARY KEY,
  order_no       integer NOT NULL,
  method         text NOT NULL CHECK (method IN ('card', 'transfer', 'paypal')),
  status         text NOT NULL CHECK (status IN ('authorised', 'captured', 'failed', 'refunded')),
  currency       text NOT NULL REFERENCES payments.currency,
  amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
  captured_minor bigint NOT NULL DEFAULT 0 CHECK (captured_minor BETWEEN 0 AND amount_minor),
  refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND captured_minor),
  -- One more with every change; an If-Match names it.
  version        integer NOT NULL DEFAULT 1,
  psp_reference  text,
  -- Milliseconds, as JSON shows them.
  created_at     timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX payment_order ON payments.payment (order_no, payment_no DESC);

-- Double entry: every transaction's entries sum to zero in each currency. A positive amount is a debit.
CREATE TABLE payments.ledger_transaction (
  transaction_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_no     integer NOT NULL REFERENCES payments.payment,
  kind           text NOT NULL CHECK (kind IN ('authorise', 'capture', 'refund')),
  occurred_at    timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX ledger_transaction_payment ON payments.ledger_transaction (payment_no);

CREATE TABLE payments.ledger_entry (
  entry_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transaction_id bigint NOT NULL REFERENCES payments.ledger_transaction,
  account        text NOT NULL CHECK (account IN ('psp:held', 'customer:held', 'psp:receivable', 'customer:paid')),
  currency       text NOT NULL REFERENCES payments.currency,
  amount_minor   bigint NOT NULL CHECK (amount_minor <> 0)
);
CREATE INDEX ledger_entry_transaction ON payments.ledger_entry (transaction_id);

-- When a transaction commits, since one entry alone is never in balance.
CREATE FUNCTION payments.require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT currency, sum(amount_minor) AS total INTO wrong FROM payments.ledger_entry
  WHERE transaction_id = NEW.transaction_id GROUP BY currency HAVING sum(amount_minor) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger transaction % is out of balance by % %', NEW.transaction_id, wrong.total, wrong.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balance';
  END IF;
  IF NOT EXISTS (SELECT FROM payments.ledger_entry WHERE transaction_id = NEW.transaction_id) THEN
    RAISE EXCEPTION 'ledger transaction % has no entries', NEW.transaction_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_balance AFTER INSERT ON payments.ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.require_balance();
CREATE CONSTRAINT TRIGGER ledger_entries AFTER INSERT ON payments.ledger_transaction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.require_balance();

-- A mistake is put right by another transaction.
CREATE FUNCTION payments.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments.ledger_transaction
  FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments.ledger_entry
  FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON payments.ledger_transaction
  FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON payments.ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();

-- Every unsafe request that did something, and how it was answered.
CREATE TABLE payments.idempotency_key (
  key          text PRIMARY KEY,
  request_hash text NOT NULL,
  status       smallint NOT NULL,
  answer       text NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE payments.outbox (
  position     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id     uuid NOT NULL UNIQUE,
  type         text NOT NULL,
  subject      text NOT NULL,
  data         json NOT NULL,
  occurred_at  timestamptz(3) NOT NULL DEFAULT now(),
  published_at timestamptz(3)
);
CREATE INDEX outbox_unpublished ON payments.outbox (position) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON payments.outbox (published_at) WHERE published_at IS NOT NULL;
