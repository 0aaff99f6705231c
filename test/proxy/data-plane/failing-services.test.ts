import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailingServices } from '../../../proxy/data-plane/failing-services.ts';
import type { ControlSnapshot, LiveMigration } from '../../../proxy/data-plane/snapshot.ts';

function snapshotOf(caps: Record<string, number>, more: Partial<ControlSnapshot> = {}): ControlSnapshot {
  return { revision: 1, caps, latched: [], retired: [], ...more } as unknown as ControlSnapshot;
}

const catalog = (serves: LiveMigration['serves'] = 'some'): LiveMigration =>
  ({ migration: { id: 'catalog' }, serves }) as LiveMigration;

test('a worker sees a service fail, nobody gets there by share or by force until the share was taken back', () => {
  const failing = new FailingServices();
  const given = snapshotOf({ catalog: 25, billing: 50 }, { latched: ['returns'] });
  assert.equal(failing.add(catalog(), given), true);
  const { caps, latched } = failing.without(given);
  assert.deepEqual(caps, { catalog: 0, billing: 50 });
  assert.deepEqual(latched, ['returns', 'catalog']);

  failing.settle(given);
  assert.deepEqual(failing.without(given).latched, ['returns', 'catalog']);
  failing.settle(snapshotOf({ catalog: 0, billing: 50 }));
  assert.equal(failing.without(given), given);
});

test('a service that serves nobody anyhow, or is retired, fails, that says nothing new', () => {
  const failing = new FailingServices();
  const given = snapshotOf({ catalog: 5 });
  assert.equal(failing.add(catalog('nobody'), given), false);
  assert.equal(failing.add(undefined, given), false);
  assert.equal(
    failing.add(catalog('everybody'), snapshotOf({ catalog: 100 }, { retired: ['catalog'] })),
    false,
  );
  assert.equal(failing.without(given), given);
});

test('a migration is retired after a worker saw its service fail, its service answers again', () => {
  const failing = new FailingServices();
  failing.add(catalog('everybody'), snapshotOf({ catalog: 100 }));
  const retired = snapshotOf({ catalog: 100 }, { retired: ['catalog'] });
  assert.equal(failing.without(retired), retired);
  failing.settle(retired);
  assert.equal(failing.without(snapshotOf({ catalog: 100 })).caps['catalog'], 100);
});
