import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { MigrationStates } from '../../../proxy/delivery/migration-states.ts';
import { StepRequests } from '../../../proxy/delivery/step-requests.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { startTestStore, type TestStore } from '../store/start-test-store.ts';

const log = pino({ level: 'silent' });
const begun = '2026-11-24T09:00:00.000Z';

let started: TestStore;
before(async () => {
  started = await startTestStore();
});
after(() => started.stop());

function replica(migration: string) {
  const away = () => Promise.reject(new Error('away'));
  const file = path.join(tmpdir(), 'ficus-no-such-folder', 'states.json');
  const states = new MigrationStates({ file, store: { load: away, save: away }, log });
  const at = { isAvailable: true };
  const requests = new StepRequests({
    states,
    migrations: () => [{ id: migration }],
    store: { ...started.store.stepRequests, available: () => at.isAvailable },
    clock: systemClock,
    log,
    everyMs: 3_600_000,
  });
  const grant = (granted: number, grantedAt: string) =>
    states.set({
      ...states.get(migration, begun),
      granted,
      grantedAt,
      requestsSinceGrant: 0,
    });
  grant(5, begun);
  return { requests, grant, at, counted: () => states.get(migration, begun).requestsSinceGrant };
}

test('replicas count requests of one step, each knows of all, whatever Postgres missed for a while', async () => {
  const [one, two] = [replica('billing'), replica('billing')];
  one.requests.count('billing', 30);
  two.requests.count('billing', 12);
  await one.requests.share();
  one.at.isAvailable = false;
  one.requests.count('billing', 8);
  await one.requests.share();
  await two.requests.share();
  assert.deepEqual([one.counted(), two.counted()], [38, 42]);
  one.at.isAvailable = true;
  await one.requests.share();
  await two.requests.share();
  assert.deepEqual([one.counted(), two.counted()], [50, 50]);
});

test('the next step begins at nothing, also for a replica that tells of the step before it', async () => {
  const [one, two] = [replica('catalog'), replica('catalog')];
  one.requests.count('catalog', 30);
  await one.requests.share();
  two.requests.count('catalog', 5);
  one.grant(25, '2026-11-24T09:15:00.000Z');
  one.requests.count('catalog', 3);
  await one.requests.share();
  await two.requests.share();
  two.grant(25, '2026-11-24T09:15:00.000Z');
  two.requests.count('catalog', 4);
  await two.requests.share();
  await one.requests.share();
  assert.deepEqual([one.counted(), two.counted()], [7, 7]);
});
