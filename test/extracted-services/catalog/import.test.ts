import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { startCatalog } from '../../../extracted-services/catalog/catalog.ts';
import { importFromLegacy } from '../../../extracted-services/catalog/import/import-from-legacy.ts';
import { upgradeCatalogSchema } from '../../../extracted-services/catalog/schema/upgrade-catalog-schema.ts';
import { startLegacyDatabase, type TestDatabase, testSettings } from './test-catalog.ts';

let database: TestDatabase;

before(async () => {
  database = await startLegacyDatabase();
  await upgradeCatalogSchema(database.pool);
});
after(() => database.stop());

const sql = async (text: string) => (await database.pool.query(text)).rows;
const unchanged = { productsAdded: 0, productsChanged: 0, categoriesChanged: 0 };

test('the first import takes everything, the second nothing but the last minute', async () => {
  assert.deepEqual(await importFromLegacy(database.pool), {
    kind: 'full',
    productsRead: 300,
    productsAdded: 300,
    productsChanged: 0,
    categoriesChanged: 7,
  });
  assert.deepEqual(await importFromLegacy(database.pool), {
    kind: 'incremental',
    productsRead: 2,
    ...unchanged,
  });
});

test('rows changed or new in the monolith: only they are taken', async () => {
  await sql(`UPDATE legacy.product SET price_cts = '4242', upd_ts = now() WHERE prod_no = 5`);
  await sql(
    `INSERT INTO legacy.product (sku, prod_nm, cat_cd, price_cts) VALUES ('NEW', 'New', 'CAT-02', '1')`,
  );
  await sql(`UPDATE legacy.category SET cat_nm = 'Kitchen and bath' WHERE cat_cd = 'CAT-02'`);
  const counts = await importFromLegacy(database.pool);
  assert.deepEqual([counts.productsAdded, counts.productsChanged, counts.categoriesChanged], [1, 1, 1]);
  assert.deepEqual(await sql('SELECT price_cents FROM catalog.product WHERE product_no = 5'), [
    { price_cents: '4242' },
  ]);
});

test('a transaction that began before the last import and committed after it is not missed', async () => {
  await sql(
    `UPDATE legacy.product SET stock_qty = 77, upd_ts = now() - interval '50 seconds' WHERE prod_no = 6`,
  );
  assert.equal((await importFromLegacy(database.pool)).productsChanged, 1);
});

test('a row dated in the future does not hide what changes until then', async () => {
  await sql(`UPDATE legacy.product SET upd_ts = now() + interval '1 year' WHERE prod_no = 7`);
  await importFromLegacy(database.pool);
  await sql(`UPDATE legacy.product SET stock_qty = 78, upd_ts = now() WHERE prod_no = 8`);
  assert.equal((await importFromLegacy(database.pool)).productsChanged, 1);
});

test('a change without a new UPD_TS is found by a full import', async () => {
  await sql('UPDATE legacy.product SET stock_qty = 79 WHERE prod_no = 9');
  assert.equal((await importFromLegacy(database.pool)).productsChanged, 0);
  const counts = await importFromLegacy(database.pool, { full: true });
  assert.deepEqual([counts.kind, counts.productsRead, counts.productsChanged], ['full', 301, 1]);
});

test('imports at the same time: one is full, the others wait for it and find nothing to do', async () => {
  await sql('TRUNCATE catalog.product, catalog.import_progress');
  // With its connections open already, the pool lets them begin together.
  await Promise.all([1, 2, 3].map(() => sql('SELECT pg_sleep(0.05)')));
  const all = await Promise.all([1, 2, 3].map(() => importFromLegacy(database.pool)));
  assert.deepEqual(all.map(({ kind, productsAdded }) => `${kind} ${productsAdded}`).sort(), [
    'full 301',
    'incremental 0',
    'incremental 0',
  ]);
});

test('by hand: import.ts prints what it did', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, '../../../extracted-services/catalog/import.ts'), '--full'],
    { env: { DATABASE_URL: database.url } },
  );
  assert.equal(stdout, 'full import: 301 products read, 0 added, 0 changed; 0 categories added or changed\n');
});

test("the monolith's schema is not there yet: the catalog is not ready, then imports by itself", async () => {
  await sql('ALTER SCHEMA legacy RENAME TO elsewhere');
  const catalog = await startCatalog(testSettings(database.url));
  try {
    const products = () => fetch(`${catalog.url}/api/products`).then(({ status }) => status);
    assert.equal(await products(), 503);
    const ready = await fetch(`${catalog.url}/readyz`);
    assert.deepEqual(
      [ready.status, await ready.json()],
      [503, { status: 'not ready', failing: ['first import'] }],
    );
    await sql('ALTER SCHEMA elsewhere RENAME TO legacy');
    while ((await fetch(`${catalog.url}/readyz`)).status !== 200) await new Promise(setImmediate);
    assert.equal(await products(), 200);
  } finally {
    await catalog.close();
  }
});
