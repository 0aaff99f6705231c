import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Database, openDatabase } from '../../../examples/monolith/db.ts';
import { seedOnce } from '../../../examples/monolith/seed/seed.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let database: Database;

before(async () => {
  postgres = await startTestPostgres();
  database = openDatabase(postgres.url);
});
after(async () => {
  await database.end();
  await postgres.stop();
});

const dropSchema = () => database.rows('DROP SCHEMA IF EXISTS legacy CASCADE');
const one = async <Row>(sql: string): Promise<Row> => (await database.row<Row>(sql)) as Row;

test('an empty database gets all of the data', async (context) => {
  assert.equal(await seedOnce(database), 'seeded');

  await context.test('as much as there should be', async () => {
    const counts = await one<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM legacy.CATEGORY) AS categories,
              (SELECT count(*)::int FROM legacy.CATEGORY WHERE PARENT_CD IS NULL) AS top_categories,
              (SELECT count(*)::int FROM legacy.PRODUCT) AS products,
              (SELECT count(*)::int FROM legacy.CUSTOMER) AS customers,
              (SELECT count(*)::int FROM legacy.ORDERS) AS orders`,
    );
    const expected = { categories: 40, top_categories: 8, products: 2000, customers: 5000, orders: 20_000 };
    assert.deepEqual(counts, expected);
  });

  await context.test('a third of the descriptions and weights are null', async () => {
    const { descr, weight } = await one<{ descr: number; weight: number }>(
      `SELECT count(*) FILTER (WHERE DESCR IS NULL)::int AS descr,
              count(*) FILTER (WHERE WGT_G IS NULL)::int AS weight FROM legacy.PRODUCT`,
    );
    assert.ok(descr > 550 && descr < 800, `${descr} descriptions`);
    assert.ok(weight > 550 && weight < 800, `${weight} weights`);
  });

  await context.test('totals are the sums of their parts', async () => {
    const wrong = await database.rows(
      `SELECT o.ORD_NO FROM legacy.ORDERS o JOIN legacy.ORDER_LINE l USING (ORD_NO) GROUP BY o.ORD_NO
       HAVING sum(l.LINE_CTS::bigint) + o.SHIP_CTS::bigint <> o.TOT_CTS::bigint
       UNION ALL SELECT INV_NO FROM legacy.INVOICE WHERE NET_CTS::bigint + VAT_CTS::bigint <> GROSS_CTS::bigint`,
    );
    assert.deepEqual(wrong, []);
  });

  await context.test('numbers go on after it', async () => {
    const next = `SELECT nextval('legacy.prod_no_seq')::int AS product, nextval('legacy.ord_no_seq')::int AS "order"`;
    assert.deepEqual(await one(next), { product: 2001, order: 20_001 });
  });

  await context.test('another start leaves it as it is', async () => {
    await database.rows(`UPDATE legacy.PRODUCT SET PROD_NM = 'Changed' WHERE PROD_NO = 1`);
    assert.equal(await seedOnce(database), 'found');
    const { name } = await one<{ name: string }>(
      'SELECT PROD_NM AS name FROM legacy.PRODUCT WHERE PROD_NO = 1',
    );
    assert.equal(name, 'Changed');
  });

  await context.test('data of another version of the seeds is refused', async () => {
    await database.rows('UPDATE legacy.SEED SET VERSION = 0');
    await assert.rejects(seedOnce(database), /filled by version 0 of the seeds; version \d+ is needed/);
  });
});

test('seeding again from nothing gives the same data', async () => {
  await dropSchema();
  const digest = () =>
    one(
      `SELECT (SELECT md5(string_agg(p::text, '' ORDER BY PROD_NO)) FROM legacy.PRODUCT p) AS products,
              (SELECT md5(string_agg(c::text, '' ORDER BY CUST_NO)) FROM legacy.CUSTOMER c) AS customers,
              (SELECT md5(string_agg(o::text, '' ORDER BY ORD_NO)) FROM legacy.ORDERS o) AS orders,
              (SELECT md5(string_agg(p::text, '' ORDER BY PAY_NO)) FROM legacy.PAYMENT p) AS payments,
              (SELECT md5(string_agg(i::text, '' ORDER BY INV_NO)) FROM legacy.INVOICE i) AS invoices,
              (SELECT md5(string_agg(SHA256, '' ORDER BY DOC_NM)) FROM legacy.DOCUMENT) AS documents`,
    );
  await seedOnce(database);
  const first = await digest();
  await dropSchema();
  await seedOnce(database);
  assert.deepEqual(await digest(), first);
});

test('two monoliths that start at once seed once', async () => {
  await dropSchema();
  assert.deepEqual((await Promise.all([seedOnce(database), seedOnce(database)])).sort(), ['found', 'seeded']);
});

test('an interrupted seeding leaves nothing, and the next start does all of it', async () => {
  await dropSchema();
  const other = new pg.Client(postgres.url);
  await other.connect();
  let ended = false;
  const interrupted = assert.rejects(seedOnce(database)).finally(() => {
    ended = true;
  });
  // Ends the seeding's connection as soon as it is seen to write.
  const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO legacy.%'`;
  while (!ended && (await other.query(kill)).rowCount === 0);
  await interrupted;
  await other.end();
  assert.deepEqual(await one(`SELECT to_regnamespace('legacy') AS schema`), { schema: null });
  assert.equal(await seedOnce(database), 'seeded');
});

test('a schema of somebody else is refused and kept', async () => {
  await dropSchema();
  await database.rows('CREATE SCHEMA legacy; CREATE TABLE legacy.PRECIOUS (id integer)');
  await assert.rejects(seedOnce(database), /Schema "legacy" in the database is not the monolith's/);
  assert.deepEqual(await database.rows('SELECT * FROM legacy.PRECIOUS'), []);
});
