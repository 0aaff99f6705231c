import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, count, counted, localTime, milliseconds, part, share } from '../../cli/format.ts';

test('shares keep what was asked for, down to hundredths of a per mille', () => {
  assert.deepEqual([0, 0.1, 12.5, 100].map(share), ['0%', '0.1%', '12.5%', '100%']);
});

test('a few of many are not rounded to none, nor all but a few to all', () => {
  assert.equal(part(1, 1_000_000), '<0.01%');
  assert.equal(part(999_999, 1_000_000), '>99.99%');
  assert.equal(part(1, 8), '12.5%');
  assert.equal(part(0, 8), '0%');
  assert.equal(part(8, 8), '100%');
  assert.equal(part(0, 0), '–');
});

test('a lower bound is rounded down, and survives binary fractions', () => {
  assert.equal(atLeast(0.99999), '≥ 99.99%');
  assert.equal(atLeast(0.57), '≥ 57%');
  assert.equal(atLeast(1), '≥ 100%');
});

test('numbers have thousands separators and nouns their plural', () => {
  assert.equal(count(1_234_567), '1,234,567');
  assert.deepEqual([counted(1, 'pair'), counted(1_240, 'pair')], ['1 pair', '1,240 pairs']);
});

test('milliseconds have a decimal under ten', () => {
  assert.deepEqual([0.04, 9.24, 12.6, 1_234].map(milliseconds), ['0 ms', '9.2 ms', '13 ms', '1,234 ms']);
});

test('what is no time is shown as it is', () => {
  assert.equal(localTime('yesterday'), 'yesterday');
});
