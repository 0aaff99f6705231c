import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { MigrationStateRow } from '../../../proxy/store/model.ts';
import { startTestStore, type TestStore } from './start-test-store.ts';

const canary: MigrationStateRow = {
  migration: 'catalog',
  revision: 3,
  granted: 0.1,
  held: false,
  grantedAt: '2026-11-21T10:00:00.000Z',
  requestsSinceGrant: 1200,
  phase: 'canary',
  phaseSince: '2026-11-21T09:00:00.000Z',
  detail: { ramp: { to: 25 } },
};

let started: TestStore;
before(async () => {
  started = await startTestStore();
});
after(() => started.stop());

test('Two replicas save, the higher revision is kept whatever the order', async () => {
  const { migrationStates } = started.store;
  const rolledBack = { ...canary, revision: 4, granted: 0, held: true, phase: 'monolith' };
  await migrationStates.save(canary);
  assert.deepEqual(await migrationStates.load(), [canary]);
  await migrationStates.save(rolledBack);
  await migrationStates.save(canary);
  await migrationStates.save({ ...canary, revision: 4 });
  assert.deepEqual(await migrationStates.load(), [rolledBack]);
});

test('Two replicas save the same revision, the one that holds is kept whatever the order', async () => {
  const { migrationStates } = started.store;
  const open = { ...canary, migration: 'billing', revision: 7 };
  const holding = { ...open, granted: 0, held: true };
  const kept = async () => (await migrationStates.load()).find(({ migration }) => migration === 'billing');
  await migrationStates.save(open);
  await migrationStates.save(holding);
  assert.deepEqual(await kept(), holding);
  await migrationStates.save(open);
  assert.deepEqual(await kept(), holding);
});
