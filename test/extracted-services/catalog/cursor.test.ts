import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCursor, encodeCursor } from '../../../extracted-services/catalog/products/cursor.ts';
import type { ProductRow } from '../../../extracted-services/catalog/products/representation.ts';

const row: ProductRow = {
  product_no: 17,
  sku: '03-1016',
  name: 'Älder spoon "large"',
  description: null,
  category_id: 'CAT-03',
  price_cents: '1999',
  currency: 'EUR',
  stock: 1,
  weight_grams: null,
  status: 'active',
  created_at: new Date('2011-03-04T05:06:07.089Z'),
};

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a cursor is read back under the sort it was made for', () => {
  for (const [field, value] of [
    ['name', row.name],
    ['price', 1999],
    ['createdAt', '2011-03-04T05:06:07.089Z'],
    ['productId', 17],
  ] as const) {
    assert.equal(encodeCursor(row, field), encode([value, 17]));
    assert.deepEqual(decodeCursor(encodeCursor(row, field), field), { value, productNo: 17 });
  }
});

test('text that is no cursor, or one of another sort, is refused', () => {
  const productNo = 17;
  assert.equal(decodeCursor('', 'name'), undefined);
  assert.equal(decodeCursor('%%', 'name'), undefined);
  assert.equal(decodeCursor('WzE', 'name'), undefined);
  assert.equal(decodeCursor(encode({ value: 1, productNo }), 'price'), undefined);
  assert.equal(decodeCursor(encode(['x', productNo, 1]), 'name'), undefined);
  assert.equal(decodeCursor(encode(['x']), 'name'), undefined);
  assert.equal(decodeCursor(encode(['x', '17']), 'name'), undefined);
  assert.equal(decodeCursor(encode(['x', 2 ** 31]), 'name'), undefined);
  assert.equal(decodeCursor(encode(['x\0', productNo]), 'name'), undefined);
  assert.equal(decodeCursor(encode([5, productNo]), 'name'), undefined);
  assert.equal(decodeCursor(encode(['5', productNo]), 'price'), undefined);
  assert.equal(decodeCursor(encode([1.5, productNo]), 'price'), undefined);
  assert.equal(decodeCursor(encode(['2011-03-04', productNo]), 'createdAt'), undefined);
  assert.equal(decodeCursor(encode(['2011-99-04T05:06:07.089Z', productNo]), 'createdAt'), undefined);
  assert.equal(decodeCursor(encode([17.5, productNo]), 'productId'), undefined);
});
