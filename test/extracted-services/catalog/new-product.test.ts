import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNewProduct } from '../../../extracted-services/catalog/products/new-product.ts';

const needed = { sku: 'X-1', name: 'Spoon', categoryId: 'CAT-02', price: 19.99 };

test('only what is needed is given: the rest has its default', () => {
  assert.deepEqual(readNewProduct(needed), {
    sku: 'X-1',
    name: 'Spoon',
    description: null,
    categoryId: 'CAT-02',
    priceCents: 1999,
    currency: 'EUR',
    stock: 0,
    weightGrams: null,
  });
});

test('every price of two decimals is exact in cents', () => {
  for (let cents = 0; cents <= 100_000; cents += 7) {
    assert.equal(readNewProduct({ ...needed, price: cents / 100 }).priceCents, cents);
  }
  assert.equal(readNewProduct({ ...needed, price: 9_999_999.99 }).priceCents, 999_999_999);
});

test('a bad field is named, the first of them in the order of the API', () => {
  const bad: Record<string, unknown>[] = [
    { sku: '' },
    { sku: 'x'.repeat(41) },
    { sku: 7 },
    { name: undefined },
    { name: 'a\0b' },
    { description: 5 },
    { categoryId: 'CAT-0000001' },
    { price: '19.99' },
    { price: 19.999 },
    { price: -0.01 },
    { price: 10_000_000 },
    { price: Number.NaN },
    { currency: 'eur' },
    { currency: null },
    { stock: 1.5 },
    { stock: -1 },
    { stock: null },
    { weightGrams: 2 ** 31 },
  ];
  for (const fields of bad) {
    const body = { ...needed, ...fields, weightGrams: -1 };
    assert.throws(() => readNewProduct(body), { message: `Field ${Object.keys(fields)[0]} is invalid` });
  }
});

test('a body that is no object lacks its first field', () => {
  for (const body of [undefined, null, [], 'text', 7]) {
    assert.throws(() => readNewProduct(body), { message: 'Field sku is invalid' });
  }
});
