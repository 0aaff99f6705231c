import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import request from 'supertest';
import type { RunningCatalog } from '../../../extracted-services/catalog/catalog.ts';
import type { Product } from '../../../extracted-services/catalog/products/representation.ts';
import { startLegacyDatabase, startTestCatalog, type TestDatabase } from './test-catalog.ts';

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

const get = (path: string) => request(catalog.url).get(path);
const products = async (query: string): Promise<Product[]> =>
  (await get(`/api/products?limit=100&${query}`).expect(200)).body.items;

test('one product: the bytes and headers that the monolith sends', async () => {
  const answer = await get('/api/products/P-000017').expect(200);
  assert.equal(
    answer.text,
    '{"productId":"P-000017","sku":"SKU-17","name":"Älder pen","description":"Number 17","categoryId":"CAT-03",' +
      '"price":17.15,"currency":"EUR","stock":17,"weightGrams":170,"status":"active",' +
      '"createdAt":"2011-03-04T13:06:07.089Z"}',
  );
  assert.equal(answer.headers['cache-control'], 'public, max-age=30');
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(answer.headers['x-powered-by'], undefined);
});

test('what is null in the database is null in JSON, and a discontinued product is still found', async () => {
  const { body } = await get('/api/products/P-000033').expect(200);
  assert.deepEqual([body.description, body.weightGrams, body.status], [null, null, 'discontinued']);
});

test('If-None-Match with the entity tag: 304', async () => {
  const { headers } = await get('/api/products?limit=2');
  await get('/api/products?limit=2').set('If-None-Match', String(headers['etag'])).expect(304);
});

test('an id of no product: 404 with the id as given', async () => {
  for (const id of ['P-999999', 'P-17', 'p-000017', 'P-99999999999', 'x%2Fy']) {
    const message = `No product ${decodeURIComponent(id)}`;
    await get(`/api/products/${id}`).expect(404, { error: { code: 'not_found', message } });
  }
});

test('no parameters: the first 20 active products by id, and how many there are', async () => {
  const { body } = await get('/api/products').expect(200);
  assert.deepEqual(Object.keys(body), ['items', 'nextCursor', 'total']);
  assert.equal(body.items.length, 20);
  assert.equal(body.items[0].productId, 'P-000001');
  assert.equal(body.items[10].productId, 'P-000012', 'number 11 is discontinued');
  assert.equal(body.total, 273);
});

test('filters: each holds for every product found, and total counts them', async () => {
  const holds: [query: string, total: number, test: (product: Product) => boolean][] = [
    ['status=discontinued', 27, ({ status }) => status === 'discontinued'],
    ['status=all&category=CAT-05', 75, ({ categoryId }) => categoryId === 'CAT-05'],
    ['status=all&category=CAT-01', 150, ({ categoryId }) => ['CAT-02', 'CAT-03'].includes(categoryId)],
    ['status=all&category=CAT-99', 0, () => false],
    ['status=all&q=OAK', 60, ({ name }) => name.startsWith('Oak')],
    ['status=all&q=älder', 60, ({ name }) => name.startsWith('Älder')],
    ['status=all&q=sku-29', 11, ({ sku }) => sku.startsWith('SKU-29')],
    ['status=all&q=%25', 0, () => false],
    ['status=all&minPrice=48.2&maxPrice=49', 3, ({ price }) => price >= 48.2 && price <= 49],
    ['status=all&inStock=true', 270, ({ stock }) => stock > 0],
  ];
  for (const [query, total, holdsFor] of holds) {
    const { body } = await get(`/api/products?limit=100&${query}`).expect(200);
    assert.equal(body.total, total, query);
    assert.ok(body.items.every(holdsFor), query);
  }
});

test('sorted by name: by code point, whatever the database thinks of letters', async () => {
  const names = (await products('status=all&q=spoon&sort=name')).map(({ name }) => name);
  assert.deepEqual(
    names,
    names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  assert.equal(names.at(-1), 'Älder spoon');
});

for (const sort of [
  'name',
  '-name',
  'price',
  '-price',
  'createdAt',
  '-createdAt',
  'productId',
  '-productId',
]) {
  test(`walked page by page, sort=${sort}: every product comes once, ties in the order of their ids`, async () => {
    const walked: Product[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await get(`/api/products?status=all&limit=33&sort=${sort}${after}`).expect(200);
      walked.push(...body.items);
      assert.equal(body.total, 300);
      cursor = body.nextCursor;
    }
    assert.equal(new Set(walked.map(({ productId }) => productId)).size, 300);
    const field = sort.replace('-', '') as 'name' | 'price' | 'createdAt' | 'productId';
    const sign = sort.startsWith('-') ? -1 : 1;
    walked.reduce((before, next) => {
      const [a, b] = [before[field], next[field]];
      const inOrder = a === b ? before.productId < next.productId : sign * (a < b ? -1 : 1) < 0;
      assert.ok(inOrder, `${before.productId} (${a}) before ${next.productId} (${b})`);
      return next;
    });
  });
}

test('bad parameters: 400 that names the first in the order of the API, by the finer rules too', async () => {
  const bad: [query: string, name: string][] = [
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['cursor=abc&limit=0&minPrice=0x1', 'minPrice'],
    ['sort=colour&status=', 'status'],
    ['inStock=1', 'inStock'],
    ['cursor=WzEsMV0&sort=name', 'cursor'],
    ['q=%00', 'q'],
  ];
  for (const [query, name] of bad) {
    await get(`/api/products?${query}`).expect(400, {
      error: { code: 'bad_request', message: `Parameter ${name} is invalid` },
    });
  }
});

test('categories: by id, with the active products directly in each', async () => {
  const { body } = await get('/api/categories').expect(200).expect('Cache-Control', 'public, max-age=30');
  assert.deepEqual(body.items[0], { categoryId: 'CAT-01', name: 'House', parentId: null, productCount: 0 });
  assert.deepEqual(body.items[1], {
    categoryId: 'CAT-02',
    name: 'Kitchen',
    parentId: 'CAT-01',
    productCount: 69,
  });
  assert.equal(body.items.length, 7);
});
