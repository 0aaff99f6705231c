import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPacked, packLatencies } from '../../../proxy/telemetry/latency-bytes.ts';

const counts = (entries: Record<number, number>): number[] =>
  Array.from({ length: 338 }, (_, bucket) => entries[bucket] ?? 0);

test('packed latencies come out as they went in, first and last bucket and large counts too', () => {
  const all = counts({ 0: 1, 1: 127, 2: 128, 130: 16_384, 337: 5_000_000_000 });
  const packed = packLatencies(all);
  const read = counts({});
  addPacked(read, packed);
  assert.deepEqual(read, all);
  assert.equal(packed.length, 19);
});

test('packed latencies are added to what is there; none are no bytes', () => {
  const sum = counts({ 5: 1 });
  addPacked(sum, packLatencies(counts({ 5: 2, 6: 3 })));
  addPacked(sum, packLatencies(counts({})));
  assert.deepEqual(sum, counts({ 5: 3, 6: 3 }));
  assert.equal(packLatencies(counts({})).length, 0);
});
