import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import request from 'supertest';
import type { RunningCatalog } from '../../../extracted-services/catalog/catalog.ts';
import { startTestRedis, type TestRedis } from '../../support/redis.ts';
import { API_KEY, startLegacyDatabase, startTestCatalog, type TestDatabase } from './test-catalog.ts';

let database: TestDatabase;
let redis: TestRedis;
let catalog: RunningCatalog;
let unimported = 0;
/** A machine that is busy with other tests must not make the cache miss its deadline. */
let patient: { REDIS_URL: string; CACHE_DEADLINE_MS: string };

before(async () => {
  [database, redis] = await Promise.all([startLegacyDatabase(), startTestRedis()]);
  patient = { REDIS_URL: redis.url, CACHE_DEADLINE_MS: '5000' };
  catalog = await startTestCatalog(database.url, patient);
});
beforeEach(async () => {
  await catalog.importNow();
  await isCached(catalog);
});
after(async () => {
  await catalog.close();
  await Promise.all([redis.stop(), database.stop()]);
});

const shownBy = async ({ url }: RunningCatalog, path: string) =>
  (await request(url).get(path).expect(200)).body;
const get = (path: string) => shownBy(catalog, path);

/** Changes the stock of product 17 behind the catalog's back: whoever shows the old one has it from the cache. */
async function changeStock(): Promise<number> {
  const stock = 1000 + ++unimported;
  await database.pool.query('UPDATE catalog.product SET stock = $1 WHERE product_no = 17', [stock]);
  return stock;
}

/** Values are kept in the background, and only once there is a connection. */
async function isCached(asked: RunningCatalog): Promise<void> {
  for (;;) {
    const stock = await changeStock();
    if ((await shownBy(asked, '/api/products/P-000017')).stock !== stock) return;
  }
}

const post = (asked: RunningCatalog, sku: string) =>
  request(asked.url)
    .post('/api/products')
    .set('X-Api-Key', API_KEY)
    .send({ sku, name: 'Spoon', categoryId: 'CAT-02', price: 1 })
    .expect(201);

test('asked again, products and lists come from the cache, each its own', async () => {
  const { stock } = await get('/api/products/P-000017');
  const list = await get('/api/products?limit=1');
  await changeStock();
  assert.equal((await get('/api/products/P-000017')).stock, stock);
  assert.notDeepEqual(await get('/api/products?limit=2'), list);
});

test('a posted product is in the very next list', async () => {
  const { total } = await get('/api/products');
  await post(catalog, 'CACHED-1');
  assert.equal((await get('/api/products')).total, total + 1);
});

test('an import that changed something: the next answer has it', async () => {
  await database.pool.query('UPDATE legacy.product SET stock_qty = 7, upd_ts = now() WHERE prod_no = 17');
  await catalog.importNow();
  assert.equal((await get('/api/products/P-000017')).stock, 7);
});

test('a version of the service does not take what another has kept', async () => {
  const other = await startTestCatalog(database.url, { ...patient, SERVICE_VERSION: '9.9.9' });
  await isCached(catalog);
  const kept = await get('/api/products/P-000017');
  await isCached(other);
  assert.notEqual((await shownBy(other, '/api/products/P-000017')).stock, kept.stock);
  await other.close();
});

test('Redis hangs: answers are right and quick, a posted product is listed, also when Redis is back', async () => {
  const quick = await startTestCatalog(database.url, { REDIS_URL: redis.url, SERVICE_VERSION: 'quick' });
  await isCached(quick);
  process.kill(redis.pid, 'SIGSTOP');
  try {
    const stock = await changeStock();
    const startedMs = performance.now();
    for (let i = 0; i < 20; i++) {
      assert.equal((await shownBy(quick, '/api/products/P-000017')).stock, stock);
    }
    const { total } = await shownBy(quick, '/api/products?status=all');
    await post(quick, 'CACHED-2');
    assert.equal((await shownBy(quick, '/api/products?status=all')).total, total + 1);
    const durationMs = performance.now() - startedMs;
    assert.ok(durationMs < 2000, `23 requests took ${durationMs} ms`);

    process.kill(redis.pid, 'SIGCONT');
    await isCached(quick);
    assert.equal((await shownBy(quick, '/api/products?status=all')).total, total + 1);
  } finally {
    process.kill(redis.pid, 'SIGCONT');
    await quick.close();
  }
});

test('Redis dies: answers are right', async () => {
  await redis.stop();
  const stock = await changeStock();
  assert.equal((await get('/api/products/P-000017')).stock, stock);
  await request(catalog.url).get('/readyz').expect(200);
});
