import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterSignatures, readDifferencesFilter } from '../../dashboard/src/differences/filter.ts';
import { ratio, shareOf, visible } from '../../dashboard/src/format.ts';
import { filterMigrations, readOverviewFilter } from '../../dashboard/src/overview/filter.ts';
import { catalogSignatures, catalogStatus, ordersStatus } from '../proxy/admin/sample-data.ts';

test('an address says what it may, and whatever else it says filters nothing', () => {
  assert.deepEqual(readOverviewFilter({ q: 17, phase: 'canary', sort: 'p99', down: true, x: 1 }), {
    q: '17',
    phase: 'canary',
    sort: 'p99',
    down: true,
  });
  assert.deepEqual(readOverviewFilter({ q: ['a'], phase: 'gone', sort: 'constructor', down: 'yes' }), {});
  assert.deepEqual(
    readDifferencesFilter({ state: 'open', kind: 'nothing', migration: '', q: {}, sort: 'toString' }),
    {
      state: 'open',
    },
  );
});

test('migrations are found by every word, in the order that was asked for', () => {
  const all = [ordersStatus, catalogStatus];
  const ids = (filter: Parameters<typeof filterMigrations>[1]) =>
    filterMigrations(all, filter).map(({ id }) => id);
  assert.deepEqual(ids({}), ['catalog', 'orders']);
  assert.deepEqual(ids({ q: 'CANARY team-cat' }), ['catalog']);
  assert.deepEqual(ids({ phase: 'monolith' }), ['orders']);
  assert.deepEqual(ids({ sort: 'share' }), ['orders', 'catalog']);
  assert.deepEqual(ids({ sort: 'share', down: true }), ['catalog', 'orders']);
});

test('what has expired is to be judged again, and the rank of the API stays', () => {
  const places = (filter: Parameters<typeof filterSignatures>[1]) =>
    filterSignatures(catalogSignatures, filter).map(({ place }) => place);
  assert.deepEqual(places({ state: 'open' }), ['body:/price', 'body:/items/*/description']);
  assert.deepEqual(places({ trend: 'rising' }), ['body:/price']);
  assert.deepEqual(places({ q: 'header' }), ['header:x-served-in']);
  assert.deepEqual(places({ part: 'header' }), ['header:x-served-in']);
  assert.deepEqual(places({ route: 'GET /api/products/{productId}' }), ['body:/price']);
});

test('a share is never rounded up to all, nor down to none', () => {
  assert.equal(ratio(0.99999), '99.99 %');
  assert.equal(shareOf(1, 1_000_000), '< 0.01 %');
  assert.equal(shareOf(0, 10), '0.00 %');
  assert.equal(shareOf(0, 0), '–');
});

test('what would steer or hide is spelled out', () => {
  assert.equal(visible('a\u001b[31m\u202eb\nc'), 'a\\u{1b}[31m\\u{202e}b\\u{a}c');
  assert.equal(visible('a\n\tb', true), 'a\n\tb');
});
