import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sealValues } from '../../../proxy/shadow/sealed-values.ts';
import type { WrittenPair } from '../../../proxy/store/model.ts';
import { startTestStore, type TestStore } from './start-test-store.ts';

const key = new Uint8Array(32).fill(1);
const dayMs = 24 * 3_600_000;

function pairAt(at: number): WrittenPair {
  const id = randomUUID();
  return {
    id,
    migration: 'catalog',
    route: 'GET /a',
    at: new Date(at).toISOString(),
    control: 'monolith',
    outcome: 'differed',
    differences: [],
    monolithMs: 1,
    serviceMs: 1,
    request: { method: 'GET', target: '/a', headers: [], body: '' },
    sealed: sealValues([{ mark: '0a1b2c3d', rule: 'body:/a', value: 'x' }], key, id),
  };
}

describe('sealed values', () => {
  let started: TestStore;
  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());

  test('a pair is written with what was sealed, the one is read without the other', async () => {
    const { sealed, ...pair } = pairAt(Date.now());
    await started.store.pairs.insert([
      { ...pair, sealed: sealed! },
      { ...pair, id: randomUUID() },
    ]);
    assert.deepEqual(await started.store.pairs.pair(pair.id), pair);
    const row = await started.store.sealedValues.of(pair);
    assert.equal(row?.keyId, sealed?.keyId);
    assert.deepEqual(new Uint8Array(row!.sealed), sealed!.sealed);
    assert.equal(await started.store.sealedValues.of({ ...pair, id: 'another' }), undefined);
    const marks = await started.store.sealedValues.marksOf([pair, { ...pair, id: 'another' }]);
    assert.deepEqual([...marks], [[pair.id, ['0a1b2c3d']]]);
  });

  test('it is over its age, it goes and its pair stays; both go when the pair is over its own', async () => {
    const { pairs, sealedValues } = started.store;
    const [old, newer] = [pairAt(Date.now() - 5 * dayMs), pairAt(Date.now() - 2 * dayMs)];
    await pairs.insert([old, newer]);
    await sealedValues.prune(3);
    assert.equal(await sealedValues.of(old), undefined);
    assert.ok(await pairs.pair(old.id));
    assert.ok(await sealedValues.of(newer));
    await pairs.prune({ maxAgeDays: 1, maxBytes: Number.MAX_SAFE_INTEGER });
    assert.equal(await pairs.pair(newer.id), undefined);
    assert.equal(await sealedValues.of(newer), undefined);
    await pairs.insert([old]);
    assert.ok(await sealedValues.of(old), 'a dropped partition is made again');
  });
});
