import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PairsLately } from '../../../proxy/evidence/pairs-lately.ts';
import type { ComparedPair } from '../../../proxy/shadow/pair.ts';

const agreed: ComparedPair = {
  id: 'p',
  migration: 'catalog',
  route: 'GET /api/products',
  at: '2026-11-21T10:00:00.000Z',
  control: 'monolith',
  outcome: 'agreed',
  differences: [],
  monolithMs: 40,
  serviceMs: 10,
};
const differing = (...signatures: string[]): ComparedPair => ({
  ...agreed,
  outcome: 'differed',
  differences: signatures.map((signature) => ({
    place: 'body:/a',
    pattern: 'body:/a',
    kind: 'value',
    monolith: '1',
    service: '2',
    signature,
  })),
});

test('pairs differ in what is excused and in what is not, the latter are bad, and each is told once', () => {
  const lately = new PairsLately();
  const pairs = [agreed, differing('ab', 'cd'), differing('cd'), differing('cd', 'cd')];
  for (const pair of pairs) lately.add(pair);
  lately.add({ ...agreed, outcome: 'incomparable' });
  lately.add({ ...differing('ab'), migration: 'orders' });
  const excused = () => new Set(['cd']);
  assert.deepEqual(lately.take('catalog', excused), { requests: 4, bad: 1 });
  assert.deepEqual(lately.take('catalog', excused), { requests: 0, bad: 0 });
  assert.deepEqual(lately.take('orders', excused), { requests: 1, bad: 1 });
});
