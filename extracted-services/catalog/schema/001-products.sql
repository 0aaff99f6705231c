CREATE TABLE catalog.category (
  category_id text PRIMARY KEY,
  name        text NOT NULL,
  parent_id   text
);

CREATE TABLE catalog.product (
  product_no   integer PRIMARY KEY,
  sku          text NOT NULL,
  name         text NOT NULL,
  description  text,
  category_id  text NOT NULL,
  price_cents  bigint NOT NULL,
  currency     text NOT NULL,
  stock        integer NOT NULL,
  weight_grams integer,
  status       text NOT NULL CHECK (status IN ('active', 'discontinued')),
  -- Milliseconds, as JSON shows them: a cursor made of the JSON must find its row again.
  created_at   timestamptz(3) NOT NULL,
  updated_at   timestamptz(3) NOT NULL
);
-- SKUs are unique in legacy.product. Here they are not held to be: two products that swap theirs come in one by one.
CREATE INDEX product_sku ON catalog.product (sku);
CREATE INDEX product_category ON catalog.product (category_id);
CREATE INDEX product_name ON catalog.product (name COLLATE "C", product_no);
CREATE INDEX product_price ON catalog.product (price_cents, product_no);
CREATE INDEX product_created ON catalog.product (created_at, product_no);

-- How far the import has come: the newest UPD_TS it has seen.
CREATE TABLE catalog.import_progress (
  source     text PRIMARY KEY,
  updated_to timestamptz(3) NOT NULL
);
