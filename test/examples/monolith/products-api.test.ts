import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoApiKey } from '../../../examples/monolith/paths.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

type Product = {
  productId: string;
  sku: string;
  name: string;
  categoryId: string;
  price: number;
  stock: number;
  status: string;
};
type Page = { items: Product[]; nextCursor: string | null; total: number };

let monolith: TestMonolith;
before(async () => {
  monolith = await startTestMonolith();
  // Names that a dictionary sorts otherwise than their code points do; discontinued, so that few lists have them.
  for (const name of ['zebra', 'Äpfel', 'apple', 'Zebra']) {
    const created = await post({ ...good, sku: `SORT-${name}`, name });
    const url = monolith.url + (created.headers.get('location') ?? '');
    await fetch(url, { method: 'DELETE', headers: { 'X-Api-Key': demoApiKey } });
  }
});
after(() => monolith.close());

const good = { sku: 'NEW-1', name: 'Neu', categoryId: 'CAT-03', price: 19.99 };

const list = async (query: string): Promise<Page> => {
  const response = await fetch(`${monolith.url}/api/products${query}`);
  assert.equal(response.status, 200);
  return (await response.json()) as Page;
};

const post = (body: unknown, headers: Record<string, string> = { 'X-Api-Key': demoApiKey }) =>
  fetch(`${monolith.url}/api/products`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const error = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { error: { code: string; message: string } }).error,
});

test('a product has its keys in the agreed order, and may be cached for 30 s', async () => {
  const response = await fetch(`${monolith.url}/api/products/P-000017`);
  assert.equal(response.headers.get('cache-control'), 'public, max-age=30');
  assert.equal(response.headers.get('x-powered-by'), 'Express');
  assert.equal(
    await response.text(),
    '{"productId":"P-000017","sku":"08-1016","name":"Compact Enamel Hose","description":"Compact Enamel Hose. Delivered flat; assembly takes 20 minutes.","categoryId":"CAT-08","price":158.5,"currency":"EUR","stock":287,"weightGrams":null,"status":"active","createdAt":"2009-04-12T16:55:35.000Z"}',
  );
});

for (const id of ['P-999999', 'P-17', '17', 'P-00001x', 'P-99999999999', 'p-000017']) {
  test(`${id} is no product: 404`, async () => {
    const response = await fetch(`${monolith.url}/api/products/${id}`);
    assert.deepEqual(await error(response), { status: 404, code: 'not_found', message: `No product ${id}` });
  });
}

test('the ETag brings a 304', async () => {
  const url = `${monolith.url}/api/products?limit=3`;
  const etag = (await fetch(url)).headers.get('etag') ?? '';
  assert.match(etag, /^W\//);
  // fetch would add `Cache-Control: no-cache`, which forbids a 304.
  const response = await fetch(url, { headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' } });
  assert.equal(response.status, 304);
});

test('without parameters: 20 active products by number', async () => {
  const { items, total } = await list('');
  assert.equal(items.length, 20);
  assert.deepEqual(
    items.map(({ productId }) => productId),
    items.map(({ productId }) => productId).sort(),
  );
  assert.ok(items.every(({ status }) => status === 'active'));
  assert.equal(total, 1805);
});

for (const sort of [
  'productId',
  '-productId',
  'name',
  '-name',
  'price',
  '-price',
  'createdAt',
  '-createdAt',
]) {
  test(`sort=${sort}: the pages' cursors lead through every product once, in order`, async () => {
    const seen: Product[] = [];
    let cursor = '';
    do {
      const page = await list(`?status=all&category=CAT-01&sort=${sort}&limit=33${cursor}`);
      seen.push(...page.items);
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
      assert.ok(seen.length <= page.total);
    } while (cursor !== '');
    const field = sort.replace('-', '') as 'price';
    const sign = sort.startsWith('-') ? -1 : 1;
    // By UTF-16 units, which is the order of code points as long as there are no emoji.
    const byCode = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
    const sorted = seen.toSorted(
      (a, b) => sign * byCode(a[field], b[field]) || byCode(a.productId, b.productId),
    );
    assert.deepEqual(seen, sorted);
    assert.equal(
      new Set(seen.map(({ productId }) => productId)).size,
      (await list('?status=all&category=CAT-01')).total,
    );
  });
}

test('a category has the products of its subcategories', async () => {
  const { items } = await list('?category=CAT-01&limit=100');
  assert.deepEqual([...new Set(items.map(({ categoryId }) => categoryId))].sort(), [
    'CAT-02',
    'CAT-03',
    'CAT-04',
    'CAT-05',
  ]);
  assert.deepEqual(await list('?category=CAT-99'), { items: [], nextCursor: null, total: 0 });
});

test('q finds parts of name and SKU, whatever the case, and takes % and _ as they are', async () => {
  assert.ok((await list('?q=gR%C3%96%C3%9Fe')).items.every(({ name }) => name.includes('Größe')));
  assert.deepEqual(
    (await list('?q=08-1016')).items.map(({ productId }) => productId),
    ['P-000017'],
  );
  assert.equal((await list('?q=%25')).total, 0);
  assert.equal((await list('?q=_')).total, 0);
});

test('prices are bounded on both sides, bounds included', async () => {
  const { items, total } = await list('?minPrice=158.5&maxPrice=158.50');
  assert.ok(total > 0 && items.every(({ price }) => price === 158.5));
  assert.equal((await list('?minPrice=158.501&maxPrice=158.509')).total, 0);
});

test('inStock and status narrow the list', async () => {
  assert.ok((await list('?inStock=true&limit=100')).items.every(({ stock }) => stock > 0));
  assert.ok((await list('?status=discontinued')).items.every(({ status }) => status === 'discontinued'));
  const [active, discontinued, all] = await Promise.all(
    ['active', 'discontinued', 'all'].map((s) => list(`?status=${s}`)),
  );
  assert.equal((active?.total ?? 0) + (discontinued?.total ?? 0), all?.total);
});

const badParameters: [query: string, name: string][] = [
  ['?limit=0', 'limit'],
  ['?limit=101', 'limit'],
  ['?limit=1e1', 'limit'],
  ['?limit=5&limit=6', 'limit'],
  ['?status=gone', 'status'],
  ['?minPrice=-1', 'minPrice'],
  ['?maxPrice=cheap', 'maxPrice'],
  ['?inStock=yes', 'inStock'],
  ['?sort=stock', 'sort'],
  ['?cursor=x', 'cursor'],
  ['?q=%00', 'q'],
  // A cursor of one sort under another.
  [`?sort=name&cursor=${Buffer.from('[2,2]').toString('base64url')}`, 'cursor'],
  [`?sort=createdAt&cursor=${Buffer.from('["2011-99-99T00:00:00.000Z",2]').toString('base64url')}`, 'cursor'],
  // The first in the documented order, not in the query's.
  ['?cursor=x&limit=0&status=gone', 'status'],
];
for (const [query, name] of badParameters) {
  test(`${query}: 400 that names ${name}`, async () => {
    const response = await fetch(`${monolith.url}/api/products${query}`);
    assert.deepEqual(await error(response), {
      status: 400,
      code: 'bad_request',
      message: `Parameter ${name} is invalid`,
    });
  });
}

test('an unknown parameter is ignored', async () => {
  assert.equal((await list('?utm_source=mail&limit=1')).items.length, 1);
});

test('categories are counted and in order', async () => {
  const { items } = (await (await fetch(`${monolith.url}/api/categories`)).json()) as {
    items: { categoryId: string; productCount: number }[];
  };
  assert.deepEqual(Object.keys(items[1] ?? {}), ['categoryId', 'name', 'parentId', 'productCount']);
  assert.equal(items.length, 40);
  assert.equal(
    items.reduce((sum, { productCount }) => sum + productCount, 0),
    1805,
  );
});

test('a new product is there at its Location, until it is discontinued', async () => {
  const created = await post(good);
  assert.equal(created.status, 201);
  const location = created.headers.get('location') ?? '';
  const product = await created.json();
  assert.deepEqual(product, {
    productId: location.slice('/api/products/'.length),
    sku: 'NEW-1',
    name: 'Neu',
    description: null,
    categoryId: 'CAT-03',
    price: 19.99,
    currency: 'EUR',
    stock: 0,
    weightGrams: null,
    status: 'active',
    createdAt: (product as { createdAt: string }).createdAt,
  });
  assert.deepEqual(await (await fetch(monolith.url + location)).json(), product);
  assert.deepEqual(await error(await post(good)), {
    status: 409,
    code: 'conflict',
    message: 'SKU NEW-1 is taken',
  });

  const discontinued = await fetch(monolith.url + location, {
    method: 'DELETE',
    headers: { 'X-Api-Key': demoApiKey },
  });
  assert.equal(discontinued.status, 204);
  assert.equal(((await (await fetch(monolith.url + location)).json()) as Product).status, 'discontinued');
});

for (const headers of [{}, { 'X-Api-Key': 'wrong' }, { 'X-Api-Key': '' }]) {
  test(`writing with ${JSON.stringify(headers)}: 401`, async () => {
    const expected = { status: 401, code: 'unauthorized', message: 'A valid X-Api-Key is needed' };
    assert.deepEqual(await error(await post(good, headers)), expected);
    const deletion = await fetch(`${monolith.url}/api/products/P-000001`, { method: 'DELETE', headers });
    assert.deepEqual(await error(deletion), expected);
  });
}

const badFields: [body: unknown, name: string][] = [
  [{ ...good, sku: '' }, 'sku'],
  [{ ...good, sku: 7 }, 'sku'],
  [[], 'sku'],
  [{ ...good, name: undefined }, 'name'],
  [{ ...good, name: 'NUL \0' }, 'name'],
  [{ ...good, description: 1 }, 'description'],
  [{ ...good, categoryId: 'CAT-99' }, 'categoryId'],
  [{ ...good, price: '19.99' }, 'price'],
  [{ ...good, price: 19.999 }, 'price'],
  [{ ...good, price: -1 }, 'price'],
  [{ ...good, currency: 'euro' }, 'currency'],
  [{ ...good, currency: ['EUR'] }, 'currency'],
  [{ ...good, stock: 1.5 }, 'stock'],
  [{ ...good, weightGrams: -1 }, 'weightGrams'],
  [{ ...good, price: 'x', stock: 'x' }, 'price'],
];
for (const [body, name] of badFields) {
  test(`a new product ${JSON.stringify(body)}: 400 that names ${name}`, async () => {
    assert.deepEqual(await error(await post(body)), {
      status: 400,
      code: 'bad_request',
      message: `Field ${name} is invalid`,
    });
  });
}

test('prices of which binary fractions are a little off are taken as they are meant', async () => {
  for (const price of [0.1, 0.29, 1.005e3, 19.99, 1234567.89]) {
    const created = await post({ ...good, sku: `PRICE-${price}`, price });
    assert.equal(((await created.json()) as Product).price, price);
  }
});

test('a body that is no JSON: 400; of another type: 415; too long: 413', async () => {
  assert.deepEqual(await error(await post('{')), {
    status: 400,
    code: 'bad_request',
    message: 'Body is not valid JSON',
  });
  const text = await post('x', { 'X-Api-Key': demoApiKey, 'Content-Type': 'text/plain' });
  assert.equal((await error(text)).code, 'unsupported');
  assert.equal((await error(await post({ ...good, name: 'x'.repeat(200_000) }))).code, 'too_large');
});
