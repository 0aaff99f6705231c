import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MatchersV3, PactV4 } from '@pact-foundation/pact';
import { pactDirectory } from '../pact-directory.ts';
import { ServiceError } from './call-service.ts';
import { createCatalogClient } from './catalog-client.ts';
import { failure, isJson } from './expected-json.ts';

const { eachLike, fromProviderState, integer, like, nullValue, number, regex } = MatchersV3;

const isKey = fromProviderState('apiKey', 'an-api-key');

const product = {
  productId: regex('^P-\\d{6,}$', 'P-000017'),
  sku: like('08-1016'),
  name: like('Compact Enamel Hose'),
  categoryId: regex('^CAT-\\d{2}$', 'CAT-08'),
  price: number(158.5),
  currency: regex('^[A-Z]{3}$', 'EUR'),
  stock: integer(287),
  status: regex('^(active|discontinued)$', 'active'),
};
const described = { ...product, description: like('Delivered flat.') };

const pact = new PactV4({
  consumer: 'web-shop',
  provider: 'catalog',
  dir: pactDirectory('web-shop-catalog.json'),
  logLevel: 'error',
});

test('the first page of the products is listed', () =>
  pact
    .addInteraction()
    .given('there are at least three active products')
    .uponReceiving('a request for the first two products')
    .withRequest('GET', '/api/products', (request) => request.query({ limit: '2' }))
    .willRespondWith(200, (response) =>
      response.headers(isJson).jsonBody({
        items: eachLike(product, 2),
        nextCursor: regex('^[\\w-]+$', 'WzIsMl0'),
        total: integer(1800),
      }),
    )
    .executeTest(async ({ url }) => {
      const page = await createCatalogClient(url).listProducts({ limit: 2 });
      assert.equal(page.items[0]?.productId, 'P-000017');
      assert.equal(page.nextCursor, 'WzIsMl0');
    }));

test('the products of a category are listed, dearest first', () =>
  pact
    .addInteraction()
    .given('category CAT-03 has products')
    .uponReceiving('a request for the products of CAT-03, dearest first')
    .withRequest('GET', '/api/products', (request) =>
      request.query({ category: 'CAT-03', sort: '-price', limit: '5' }),
    )
    .willRespondWith(200, (response) =>
      response
        .headers(isJson)
        .jsonBody({ items: eachLike({ ...product, categoryId: 'CAT-03' }), total: integer(40) }),
    )
    .executeTest(async ({ url }) => {
      const page = await createCatalogClient(url).listProducts({
        category: 'CAT-03',
        sort: '-price',
        limit: 5,
      });
      assert.equal(page.total, 40);
    }));

test('a limit that is none is refused', () =>
  pact
    .addInteraction()
    .uponReceiving('a request for a page of zero products')
    .withRequest('GET', '/api/products', (request) => request.query({ limit: '0' }))
    .willRespondWith(400, (response) =>
      response
        .headers(isJson)
        .jsonBody({ error: { code: 'bad_request', message: 'Parameter limit is invalid' } }),
    )
    .executeTest(async ({ url }) => {
      await assert.rejects(createCatalogClient(url).listProducts({ limit: 0 }), /Parameter limit is invalid/);
    }));

test('one product is shown', () =>
  pact
    .addInteraction()
    .given('product P-000017 exists')
    .uponReceiving('a request for product P-000017')
    .withRequest('GET', '/api/products/P-000017')
    .willRespondWith(200, (response) =>
      response.headers(isJson).jsonBody({ ...described, productId: 'P-000017' }),
    )
    .executeTest(async ({ url }) => {
      const found = await createCatalogClient(url).findProduct('P-000017');
      assert.equal(found?.price, 158.5);
      assert.equal(found?.description, 'Delivered flat.');
    }));

test('a product without a description says so by null', () =>
  pact
    .addInteraction()
    .given('product P-000027 exists and has no description')
    .uponReceiving('a request for product P-000027')
    .withRequest('GET', '/api/products/P-000027')
    .willRespondWith(200, (response) =>
      response.headers(isJson).jsonBody({ ...product, productId: 'P-000027', description: nullValue() }),
    )
    .executeTest(async ({ url }) => {
      const found = await createCatalogClient(url).findProduct('P-000027');
      assert.equal(found?.description, null);
    }));

test('a product that is not there is not found', () =>
  pact
    .addInteraction()
    .given('product P-999999 does not exist')
    .uponReceiving('a request for product P-999999')
    .withRequest('GET', '/api/products/P-999999')
    .willRespondWith(404, (response) =>
      response.headers(isJson).jsonBody({ error: { code: 'not_found', message: 'No product P-999999' } }),
    )
    .executeTest(async ({ url }) => {
      assert.equal(await createCatalogClient(url).findProduct('P-999999'), undefined);
    }));

test('the categories are listed', () =>
  pact
    .addInteraction()
    .given('there are categories')
    .uponReceiving('a request for the categories')
    .withRequest('GET', '/api/categories')
    .willRespondWith(200, (response) =>
      response.headers(isJson).jsonBody({
        items: eachLike({
          categoryId: regex('^CAT-\\d{2}$', 'CAT-01'),
          name: like('Kitchen'),
          productCount: integer(7),
        }),
      }),
    )
    .executeTest(async ({ url }) => {
      const [category] = await createCatalogClient(url).listCategories();
      assert.equal(category?.name, 'Kitchen');
    }));

const spoon = { name: 'Serving spoon', categoryId: 'CAT-03', price: 19.99, stock: 5 };

test('a product is added', () =>
  pact
    .addInteraction()
    .given('a SKU that is free')
    .given('a valid API key')
    .uponReceiving('a new product')
    .withRequest('POST', '/api/products', (request) =>
      request
        .headers({ 'X-Api-Key': isKey, 'Content-Type': 'application/json' })
        .jsonBody({ ...spoon, sku: fromProviderState('sku', 'NEW-1') }),
    )
    .willRespondWith(201, (response) =>
      response
        .headers({ ...isJson, Location: regex('^/api/products/P-\\d{6,}$', '/api/products/P-002001') })
        .jsonBody({
          ...product,
          ...spoon,
          productId: regex('^P-\\d{6,}$', 'P-002001'),
          sku: regex('^NEW-.*$', 'NEW-1'),
          description: nullValue(),
          status: 'active',
        }),
    )
    .executeTest(async ({ url }) => {
      const added = await createCatalogClient(url, 'an-api-key').addProduct({ ...spoon, sku: 'NEW-1' });
      assert.equal(added.productId, 'P-002001');
    }));

test('without an API key, nothing is added', () =>
  pact
    .addInteraction()
    .uponReceiving('a new product without an API key')
    .withRequest('POST', '/api/products', (request) =>
      request.headers({ 'Content-Type': 'application/json' }).jsonBody({ ...spoon, sku: 'NEW-2' }),
    )
    .willRespondWith(401, (response) =>
      response.headers(isJson).jsonBody(failure('unauthorized', 'A valid X-Api-Key is needed')),
    )
    .executeTest(async ({ url }) => {
      await assert.rejects(
        createCatalogClient(url).addProduct({ ...spoon, sku: 'NEW-2' }),
        (error) => error instanceof ServiceError && error.status === 401,
      );
    }));

test('a product that lacks its price is refused', () =>
  pact
    .addInteraction()
    .given('a valid API key')
    .uponReceiving('a new product that lacks its price')
    .withRequest('POST', '/api/products', (request) =>
      request
        .headers({ 'X-Api-Key': isKey, 'Content-Type': 'application/json' })
        .jsonBody({ sku: 'NEW-3', name: 'Serving spoon', categoryId: 'CAT-03' }),
    )
    .willRespondWith(400, (response) =>
      response
        .headers(isJson)
        .jsonBody({ error: { code: 'bad_request', message: 'Field price is invalid' } }),
    )
    .executeTest(async ({ url }) => {
      const noPrice = { sku: 'NEW-3', name: 'Serving spoon', categoryId: 'CAT-03' };
      await assert.rejects(
        createCatalogClient(url, 'an-api-key').addProduct(noPrice as never),
        /Field price is invalid/,
      );
    }));
