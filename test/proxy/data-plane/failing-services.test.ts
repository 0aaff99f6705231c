import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailingServices } from '../../../proxy/data-plane/failing-services.ts';
import type { ControlSnapshot } from '../../../proxy/data-plane/snapshot.ts';

function snapshotOf(caps: Record<string, number>, latched: readonly string[] = []): ControlSnapshot {
  return { revision: 1, caps, latched } as unknown as ControlSnapshot;
}

test('a worker sees a service fail, nobody gets there by share or by force until the share was taken back', () => {
  const failing = new FailingServices();
  const given = snapshotOf({ catalog: 25, billing: 50 }, ['returns']);
  assert.equal(failing.add('catalog', given), true);
  const { caps, latched } = failing.without(given);
  assert.deepEqual(caps, { catalog: 0, billing: 50 });
  assert.deepEqual(latched, ['returns', 'catalog']);

  failing.settle(given);
  assert.deepEqual(failing.without(given).latched, ['returns', 'catalog']);
  failing.settle(snapshotOf({ catalog: 0, billing: 50 }));
  assert.equal(failing.without(given), given);
});

test('a service has no share anyhow, or is known to fail, that says nothing new', () => {
  const failing = new FailingServices();
  assert.equal(failing.add('catalog', snapshotOf({ catalog: 0 })), false);
  assert.equal(failing.add('catalog', snapshotOf({})), false);
  assert.equal(failing.add('catalog', snapshotOf({ catalog: 1 })), true);
  assert.equal(failing.add('catalog', snapshotOf({ catalog: 1 })), false);
});
