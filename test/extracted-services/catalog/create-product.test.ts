import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import request from 'supertest';
import type { RunningCatalog } from '../../../extracted-services/catalog/catalog.ts';
import { API_KEY, startLegacyDatabase, startTestCatalog, type TestDatabase } from './test-catalog.ts';

let database: TestDatabase;
let catalog: RunningCatalog;

before(async () => {
  database = await startLegacyDatabase();
  catalog = await startTestCatalog(database.url);
});
after(async () => {
  await catalog.close();
  await database.stop();
});

const spoon = { sku: 'SPOON-1', name: 'Spoon', categoryId: 'CAT-02', price: 19.99 };
const post = (body: object) =>
  request(catalog.url).post('/api/products').set('X-Api-Key', API_KEY).send(body);
const error = (code: string, message: string) => ({ error: { code, message } });

const legacyRow = async (sku: string) =>
  (await database.pool.query('SELECT * FROM legacy.product WHERE sku = $1', [sku])).rows[0];
const catalogRows = async (sku: string) =>
  (await database.pool.query('SELECT product_no FROM catalog.product WHERE sku = $1', [sku])).rows;

test('a product is posted: it is found here at once, and the monolith has it too', async () => {
  const { body, headers } = await post({ ...spoon, description: 'Deep', stock: 3 }).expect(201);
  assert.equal(headers['location'], `/api/products/${body.productId}`);
  assert.equal(headers['cache-control'], undefined);
  await request(catalog.url).get(String(headers['location'])).expect(200, body);

  const row = await legacyRow('SPOON-1');
  assert.equal(body.productId, `P-${String(row.prod_no).padStart(6, '0')}`);
  assert.deepEqual(
    [row.prod_nm, row.descr, row.cat_cd, row.price_cts, row.curr, row.stock_qty, row.wgt_g, row.stat],
    ['Spoon', 'Deep', 'CAT-02', '1999', 'EUR', 3, null, 'A'],
  );
  assert.equal(row.crt_ts.toISOString(), body.createdAt);

  const { productsAdded, productsChanged } = await catalog.importNow();
  assert.deepEqual({ productsAdded, productsChanged }, { productsAdded: 0, productsChanged: 0 });
});

test('a SKU that the monolith has, imported or not: 409, and nothing is written', async () => {
  await post({ ...spoon, sku: 'SKU-17' }).expect(409, error('conflict', 'SKU SKU-17 is taken'));
  await database.pool.query(`UPDATE legacy.product SET sku = 'BRAND-NEW' WHERE prod_no = 18`);
  await post({ ...spoon, sku: 'BRAND-NEW' }).expect(409, error('conflict', 'SKU BRAND-NEW is taken'));
  assert.deepEqual(await catalogRows('BRAND-NEW'), []);
});

test('the same SKU posted ten times at once: one gets it', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => post({ ...spoon, sku: 'RACE' })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(9).fill(409)]);
  assert.equal((await catalogRows('RACE')).length, 1);
});

test('without a good key: 401, whatever the body', async () => {
  const refused = error('unauthorized', 'A valid X-Api-Key is needed');
  const url = request(catalog.url);
  await url.post('/api/products').send(spoon).expect(401, refused);
  await url.post('/api/products').set('X-Api-Key', 'wrong').type('json').send('{').expect(401, refused);
  await url.post('/api/products').set('X-Api-Key', '').send(spoon).expect(401, refused);
});

test('a bad body: 400 that names the first bad field, by the finer rules too', async () => {
  const refused = (name: string) => error('bad_request', `Field ${name} is invalid`);
  await post({}).expect(400, refused('sku'));
  await post({ ...spoon, price: 1.999, stock: -1 }).expect(400, refused('price'));
  await post({ ...spoon, categoryId: 'CAT-99' }).expect(400, refused('categoryId'));
  await post([]).expect(400, refused('sku'));
});

test('a dry run: answered like the real one, and nothing is left behind in either schema', async () => {
  const dry = (body: object) => post(body).set('Ficus-Shadow', 'dry-run');
  const { body } = await dry({ ...spoon, sku: 'DRY' })
    .expect(201)
    .expect('Location', /^\/api\/products\/P-/);
  assert.equal(body.sku, 'DRY');
  assert.equal(await legacyRow('DRY'), undefined);
  assert.deepEqual(await catalogRows('DRY'), []);
  await dry({ ...spoon, sku: 'SKU-17' }).expect(409);
  await dry({ ...spoon, sku: 'DRY', categoryId: 'CAT-99' }).expect(400);
});

test('a dry run of what was made just now is answered as if that was not there', async () => {
  await post({ ...spoon, sku: 'TWIN' }).expect(201);
  await post({ ...spoon, sku: 'TWIN' })
    .set('Ficus-Shadow', 'dry-run')
    .expect(201);
});

test('while the monolith is writing the same SKU, a dry run does not wait for it', async () => {
  const client = await database.pool.connect();
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO legacy.product (sku, prod_nm, cat_cd, price_cts) VALUES ('BUSY', 'Spoon', 'CAT-02', '1')`,
  );
  await post({ ...spoon, sku: 'BUSY' })
    .set('Ficus-Shadow', 'dry-run')
    .expect(201);
  await client.query('ROLLBACK');
  client.release();
});
