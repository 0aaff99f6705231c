import type { Pool } from '../../../extracted-services/service-kit/index.ts';

export const FIXTURE_PRODUCTS = 300;

/**
 * The monolith's two tables that the catalog imports, with 300 products in seven categories. Product n has:
 * a name that few others have, no description and no weight when n is divisible by 3, price n % 50 euros and
 * n % 7 * 5 cents, no stock when n is divisible by 10, and is discontinued when n is divisible by 11.
 */
export async function createLegacyFixture(pool: Pool): Promise<void> {
  await pool.query(`
    CREATE SCHEMA legacy;
    CREATE TABLE legacy.CATEGORY (
      CAT_CD varchar(10) PRIMARY KEY, CAT_NM varchar(80) NOT NULL, PARENT_CD varchar(10)
    );
    CREATE SEQUENCE legacy.prod_no_seq AS integer;
    CREATE TABLE legacy.PRODUCT (
      PROD_NO integer PRIMARY KEY DEFAULT nextval('legacy.prod_no_seq'),
      SKU varchar(40) NOT NULL UNIQUE, PROD_NM varchar(200) NOT NULL, DESCR text,
      CAT_CD varchar(10) NOT NULL REFERENCES legacy.CATEGORY,
      PRICE_CTS varchar(12) NOT NULL, CURR char(3) NOT NULL DEFAULT 'EUR',
      STOCK_QTY integer NOT NULL DEFAULT 0, WGT_G integer, STAT char(1) NOT NULL DEFAULT 'A',
      CRT_TS timestamptz(3) NOT NULL DEFAULT now(), UPD_TS timestamptz(3) NOT NULL DEFAULT now()
    );
    CREATE INDEX ON legacy.PRODUCT (UPD_TS);
    INSERT INTO legacy.CATEGORY VALUES
      ('CAT-01', 'House', NULL), ('CAT-02', 'Kitchen', 'CAT-01'), ('CAT-03', 'Garden', 'CAT-01'),
      ('CAT-04', 'Office', NULL), ('CAT-05', 'Pens', 'CAT-04'), ('CAT-06', 'Paper', 'CAT-04'),
      ('CAT-07', 'Empty', NULL);
    INSERT INTO legacy.PRODUCT
    SELECT n, 'SKU-' || n,
      (ARRAY['Ash', 'birch', 'Älder', 'Oak', 'elm'])[n % 5 + 1] || ' ' || (ARRAY['spoon', 'rake', 'pen'])[n % 3 + 1],
      CASE WHEN n % 3 = 0 THEN NULL ELSE 'Number ' || n END,
      (ARRAY['CAT-02', 'CAT-03', 'CAT-05', 'CAT-06'])[n % 4 + 1],
      (n % 50 * 100 + n % 7 * 5)::text, 'EUR', CASE WHEN n % 10 = 0 THEN 0 ELSE n END,
      CASE WHEN n % 3 = 0 THEN NULL ELSE n * 10 END, CASE WHEN n % 11 = 0 THEN 'D' ELSE 'A' END,
      timestamptz '2011-03-04 05:06:07.089Z' + n / 2 * interval '1 hour',
      timestamptz '2012-01-01Z' + n * interval '1 minute'
    FROM generate_series(1, ${FIXTURE_PRODUCTS}) AS n;
    SELECT setval('legacy.prod_no_seq', ${FIXTURE_PRODUCTS});
  `);
}
