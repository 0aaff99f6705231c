import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Monolith } from '../../../examples/monolith/monolith.ts';
import { startMonolith } from '../../../examples/monolith/monolith.ts';
import type { RunningCatalog } from '../../../extracted-services/catalog/catalog.ts';
import { monolithData } from '../../support/monolith-data.ts';
import { startTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { API_KEY, startTestCatalog } from './test-catalog.ts';

let database: TestDatabase;
let monolith: Monolith;
let catalog: RunningCatalog;

before(async () => {
  database = await startTestDatabase(monolithData);
  monolith = await startMonolith({
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    apiKeys: [API_KEY],
    sessionSecret: 'secret of the tests',
  });
  catalog = await startTestCatalog(database.url);
});
after(async () => {
  await catalog.close();
  await monolith.close();
  await database.stop();
});

type Answer = { status: number; headers: Record<string, string>; body: string };

async function answerOf(url: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url + path, init);
  const headers = Object.fromEntries(response.headers);
  for (const name of ['date', 'x-powered-by', 'connection', 'keep-alive']) delete headers[name];
  // The one place where the monolith differs from itself.
  if (path.startsWith('/api/categories')) delete headers['etag'];
  const body = (await response.text()).replace(/"countedAt":"[^"]+"/, '"countedAt":""');
  return { status: response.status, headers, body };
}

async function answersAreTheSame(path: string, init: RequestInit = {}, what = path): Promise<Answer> {
  const control = await answerOf(monolith.url, path, init);
  assert.deepEqual(await answerOf(catalog.url, path, init), control, `${init.method ?? 'GET'} ${what}`);
  return control;
}

const lists = [
  '',
  'limit=100&status=all',
  'category=CAT-01&limit=3',
  'category=CAT-03',
  'category=',
  'category=CAT-99',
  'q=',
  'q=STEEL&status=all&sort=-name',
  'q=cr%C3%A8me',
  'q=a:b/?&limit=2',
  'q=a+b',
  'q=a%2Cb&sort=name',
  'q=%00',
  'q=%E0%A4',
  'q=100%',
  'status=',
  'status=x&limit=0',
  'limit=0',
  'limit=101',
  'limit=007',
  'limit=1e1',
  'limit=%205',
  'limit=5&limit=6',
  'limit[a]=5',
  'limit[]=5',
  'minPrice=10.5&maxPrice=11&inStock=true',
  'minPrice=1e1',
  'minPrice=-1',
  'minPrice=0x1&sort=bad',
  'minPrice=1.1234567',
  'maxPrice=999999999.999999',
  'inStock=1',
  'inStock=TRUE',
  'inStock=',
  'inStock=false&sort=-createdAt&limit=7',
  'cursor=',
  'cursor=abc',
  'cursor=***',
  'cursor=WzEsMV0&sort=name',
  'cursor=WzE3LDE3XQ&sort=price',
  'foo=1&bar[x]=2&__proto__=3&constructor=4',
];

const paths = [
  ...lists.map((query) => `/api/products?${query}`),
  '/api/products',
  '/api/products/',
  '/API/Products?limit=1',
  '/api/products/P-000017',
  '/api/products/P-000017/',
  '/api/products/P-0000017',
  '/api/products/P-17',
  '/api/products/p-000017',
  '/api/products/P-999999',
  '/api/products/P-99999999999',
  '/api/products/%zz',
  '/api/products/a%2Fb',
  '/api/categories',
  '/api/categories?x=1',
];

test('every path is answered with the same status, headers and bytes, by GET and HEAD', async () => {
  for (const path of paths) {
    await answersAreTheSame(path);
    await answersAreTheSame(path, { method: 'HEAD' });
  }
});

test('an entity tag of the one is good for the other', async () => {
  const { headers } = await answerOf(monolith.url, '/api/products?limit=3');
  const answer = await answersAreTheSame('/api/products?limit=3', {
    // Without a Cache-Control, fetch would add one that asks for a whole answer.
    headers: { 'If-None-Match': String(headers['etag']), 'Cache-Control': 'max-age=0' },
  });
  assert.equal(answer.status, 304);
});

test('every sort is walked with the same pages and cursors', async () => {
  for (const field of ['name', 'price', 'createdAt', 'productId']) {
    for (const sort of [field, `-${field}`]) {
      let path: string | undefined = `/api/products?limit=100&status=all&sort=${sort}`;
      for (let pages = 0; path !== undefined && pages < 5; pages++) {
        const { nextCursor } = JSON.parse((await answersAreTheSame(path)).body);
        path = nextCursor && `/api/products?limit=100&status=all&sort=${sort}&cursor=${nextCursor}`;
      }
    }
  }
});

const product = { sku: 'SAME-1', name: 'Spoon', categoryId: 'CAT-03', price: 1.5 };
const json = { 'Content-Type': 'application/json', 'X-Api-Key': API_KEY };

const badBodies: object[] = [
  {},
  [],
  { sku: 1 },
  { ...product, sku: '' },
  { ...product, sku: 'x'.repeat(41) },
  { ...product, sku: 'a\0b' },
  { ...product, name: undefined },
  { ...product, name: '😀'.repeat(150) },
  { ...product, description: 5 },
  { ...product, description: 'x'.repeat(4001) },
  { ...product, categoryId: 'CAT-99' },
  { ...product, categoryId: 'CAT-99', price: -1 },
  { ...product, price: '1.5' },
  { ...product, price: 1.999, stock: -1 },
  { ...product, price: 1e9 },
  { ...product, currency: 'eur' },
  { ...product, currency: null },
  { ...product, stock: 1.5 },
  { ...product, stock: null },
  { ...product, stock: 2 ** 31 },
  { ...product, weightGrams: -1 },
  { ...product, weightGrams: '3' },
];

const badPosts: Record<string, RequestInit> = {
  'no key, broken body': { headers: { 'Content-Type': 'application/json' }, body: '{' },
  'wrong key': { headers: { ...json, 'X-Api-Key': 'wrong' }, body: '{}' },
  'no body': { headers: json },
  'no body and no type': { headers: { 'X-Api-Key': API_KEY } },
  'no type': { headers: { 'X-Api-Key': API_KEY }, body: Buffer.from('{}') },
  text: { headers: { ...json, 'Content-Type': 'text/plain' }, body: 'x'.repeat(200_000) },
  'broken body': { headers: json, body: '{"sku":' },
  'scalar body': { headers: json, body: '"x"' },
  'other charset': { headers: { ...json, 'Content-Type': 'application/json; charset=latin1' }, body: '{}' },
  'type with parameters': { headers: { ...json, 'Content-Type': 'application/json; a=b' }, body: '{}' },
  'unknown encoding': { headers: { ...json, 'Content-Encoding': 'weird' }, body: '{}' },
  'too large': { headers: json, body: JSON.stringify({ sku: 'x'.repeat(200_000) }) },
};

test('every post that is refused is refused in the same words', async () => {
  for (const body of badBodies) {
    const text = JSON.stringify(body);
    await answersAreTheSame(
      '/api/products',
      { method: 'POST', headers: json, body: text },
      text.slice(0, 90),
    );
  }
  for (const [what, init] of Object.entries(badPosts)) {
    await answersAreTheSame('/api/products', { ...init, method: 'POST' }, what);
  }
});

test('a product posted to either is the same on both, and its SKU is taken on both', async () => {
  for (const [url, sku] of [[catalog.url, 'SAME-2'] as const, [monolith.url, 'SAME-3'] as const]) {
    const body = JSON.stringify({
      ...product,
      sku,
      description: 'ä',
      price: 19.99,
      weightGrams: 3,
      extra: 1,
    });
    const posted = await answerOf(url, '/api/products', { method: 'POST', headers: json, body });
    assert.equal(posted.status, 201);
    await catalog.importNow();
    const shown = await answersAreTheSame(String(posted.headers['location']));
    assert.equal(shown.body, posted.body);
    const again = await answersAreTheSame('/api/products', { method: 'POST', headers: json, body });
    assert.equal(again.status, 409);
  }
});
