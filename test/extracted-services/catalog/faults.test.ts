import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import request from 'supertest';
import type { ShownProduct } from '../../../extracted-services/catalog/faults.ts';
import { readCatalogSettings } from '../../../extracted-services/catalog/settings.ts';
import { startLegacyDatabase, startTestCatalog, type TestDatabase } from './test-catalog.ts';

let database: TestDatabase;

before(async () => {
  database = await startLegacyDatabase();
});
after(() => database.stop());

async function productsWith(faults: string): Promise<ShownProduct[]> {
  const catalog = await startTestCatalog(database.url, { CATALOG_FAULTS: faults });
  const answer = await request(catalog.url).get('/api/products?limit=100').expect(200);
  await catalog.close();
  return answer.body.items;
}

test('rounded-prices: part of the prices lose their last digit, the rest of the answer is right', async () => {
  const [right, wrong] = [await productsWith(''), await productsWith('rounded-prices')];
  const changed = wrong.filter(({ price }, index) => price !== right[index]?.price);
  assert.ok(changed.length > 10 && changed.length < 90, `${changed.length} of 100 prices are wrong`);
  assert.ok(wrong.every(({ price }, index) => Math.abs(price - (right[index]?.price ?? 0)) <= 0.05 + 1e-9));
  assert.deepEqual(
    wrong.map((product) => ({ ...product, price: 0 })),
    right.map((product) => ({ ...product, price: 0 })),
  );
});

test('dropped-null: a description that is null is missing, the others are there', async () => {
  const [right, wrong] = [await productsWith(''), await productsWith('dropped-null')];
  assert.ok(right.some(({ description }) => description === null));
  assert.deepEqual(
    wrong,
    right.map(({ description, ...rest }) => (description === null ? rest : { ...rest, description })),
  );
});

test('moved-category: one category is at the end, the others are in their order', async () => {
  const categoriesWith = async (faults: string): Promise<{ categoryId: string }[]> => {
    const catalog = await startTestCatalog(database.url, { CATALOG_FAULTS: faults });
    const answer = await request(catalog.url).get('/api/categories').expect(200);
    await catalog.close();
    return answer.body.items;
  };
  const [first, second, ...rest] = await categoriesWith('');
  assert.deepEqual(await categoriesWith('moved-category'), [first, ...rest, second]);
});

test('a fault that is not known: the start is refused with the ones that are', () => {
  assert.throws(
    () => readCatalogSettings({ DATABASE_URL: 'postgres://db/shop', CATALOG_FAULTS: 'dropped-null,slow' }),
    /CATALOG_FAULTS has "slow": only rounded-prices, dropped-null, moved-category are known/,
  );
});
