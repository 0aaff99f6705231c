import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import pino from 'pino';
import { MigrationDelivery } from '../../../../proxy/delivery/delivery.ts';
import type { Latch } from '../../../../proxy/delivery/guard/latch.ts';
import { latchOf } from '../../../../proxy/delivery/guard/latch.ts';
import { MigrationStates } from '../../../../proxy/delivery/migration-states.ts';
import { TrafficHistory } from '../../../../proxy/delivery/traffic-history.ts';
import { openFileFlags } from '../../../../proxy/flags/file-flags.ts';
import type { FlagSource } from '../../../../proxy/flags/flag-source.ts';
import type { AuditEntry } from '../../../../proxy/store/model.ts';
import { sampleMigration } from '../../routing/sample-routing.ts';

const log = pino({ level: 'silent' });
const alice = { name: 'cli:alice' };
const clock = { now: () => Date.parse('2026-11-20T09:00:00Z'), monotonic: () => 0 };
const latch: Latch = {
  at: '2026-11-20T09:00:00.000Z',
  kind: 'errors',
  reason: 'All of it failed.',
  numbers: { serviceBad: 50 },
};
/** Postgres is away throughout: the guard must not need it. */
const away = {
  load: () => Promise.reject(new Error('away')),
  save: () => Promise.reject(new Error('away')),
};

let dataDir: string;
let flags: FlagSource;
let states: MigrationStates;
let audited: AuditEntry[];
let pushed: number;
let delivery: MigrationDelivery;

function makeDelivery(): MigrationDelivery {
  return new MigrationDelivery({
    migrations: () => [
      sampleMigration('catalog', ['GET /a'], {
        canary: { steps: [5, 25, 100], holdMinutes: 0, minRequests: 0 },
      }),
    ],
    flags,
    gate: () => ({
      migration: 'catalog',
      state: 'open',
      key: { migration: 'catalog', monolithBuild: '1', serviceBuild: '2', rulesHash: 'r' },
      reasons: [],
      coverage: [],
    }),
    pairs: () => ({ agreed: 0, differed: 0, incomparable: 0 }),
    states,
    traffic: new TrafficHistory(clock),
    audit: (entry) => audited.push(entry),
    onCapsChanged: () => pushed++,
    clock,
    log,
  });
}

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'ficus-latch-'));
  flags = await openFileFlags({ dataDir, clock, log });
  states = new MigrationStates({ file: path.join(dataDir, 'states.json'), store: away, log });
  audited = [];
  pushed = 0;
  delivery = makeDelivery();
  assert.equal((await delivery.promote('catalog', 25, alice, '')).done, true);
});

afterEach(async () => {
  await states.flush();
  await flags.close();
  await rm(dataDir, { recursive: true });
});

const status = () => delivery.status('catalog')!;

describe('a trip of the guard', () => {
  test('takes all of it back at once, before the flag is written, and then lowers the flag', async () => {
    pushed = 0;
    const tripped = delivery.guardTripped('catalog', latch);
    assert.deepEqual([delivery.caps()['catalog'], pushed], [0, 1]);
    await tripped;
    assert.deepEqual(status().share, { asked: 0, allowed: 0, effective: 0 });
  });

  test('holds when the flag cannot be written', async () => {
    flags.setShare = () => Promise.reject(new Error('no disk'));
    await delivery.guardTripped('catalog', latch);
    delivery.reconcile();
    assert.deepEqual(status().share, { asked: 25, allowed: 0, effective: 0 });
  });

  test('stands in the audit once, with its numbers, however often it is told', async () => {
    await Promise.all([delivery.guardTripped('catalog', latch), delivery.guardTripped('catalog', latch)]);
    const rows = audited.filter(({ action }) => action === 'guard');
    assert.deepEqual(
      rows.map(({ actor, reason, detail }) => [actor, reason, detail['serviceBad'], detail['from']]),
      [['guard', latch.reason, 50, 25]],
    );
  });

  test('heard from another replica holds here too, and is not audited twice', async () => {
    await delivery.guardTripped('catalog', latch, true);
    assert.equal(status().share.effective, 0);
    assert.deepEqual(
      audited.filter(({ action }) => action === 'guard'),
      [],
    );
  });

  test('is shown by status and refuses the gate', async () => {
    await delivery.guardTripped('catalog', latch);
    assert.deepEqual(status().latch, latch);
    const gate = delivery.gate('catalog')!;
    assert.equal(gate.state, 'refused');
    assert.match(
      gate.reasons[0]!.text,
      /The guard took it back.*All of it failed.*ficus guard clear catalog/,
    );
  });
});

describe('what the guard took back', () => {
  beforeEach(() => delivery.guardTripped('catalog', latch));

  test('is not promoted before it is cleared, and the refusal says how', async () => {
    const refused = await delivery.promote('catalog', 5, alice, '');
    assert.ok(!refused.done);
    assert.equal(refused.code, 'latched');
    assert.match(refused.reasons[0]!, /ficus guard clear catalog --reason/);
    assert.equal(status().share.asked, 0);
  });

  test('stays back when the flag is raised elsewhere, also after it was at 0', async () => {
    delivery.reconcile();
    await flags.setShare({
      migrationId: 'catalog',
      which: 'serve',
      percent: 100,
      reason: '',
      actor: 'somebody',
    });
    delivery.reconcile();
    assert.deepEqual([status().share.asked, status().share.effective], [100, 0]);
  });

  test('stays back over a restart without Postgres', async () => {
    await states.flush();
    states = new MigrationStates({ file: path.join(dataDir, 'states.json'), store: away, log });
    await states.loadFile();
    delivery = makeDelivery();
    assert.deepEqual(status().latch, latch);
  });

  test('once cleared stays with the monolith until somebody promotes', async () => {
    assert.equal((await delivery.clearGuard('catalog', alice, 'mended')).done, true);
    assert.deepEqual([status().latch, status().share.effective], [undefined, 0]);
    assert.equal((await delivery.promote('catalog', 5, alice, '')).done, true);
    assert.equal(status().share.effective, 5);
    assert.deepEqual(
      audited.filter(({ action }) => action === 'guard-cleared').map(({ actor, reason }) => [actor, reason]),
      [['cli:alice', 'mended']],
    );
  });
});

test('clearing what is not latched is refused', async () => {
  const refused = await delivery.clearGuard('catalog', alice, 'mended');
  assert.ok(!refused.done);
  assert.match(refused.reasons[0]!, /nothing to clear/);
});

test('a latch that cannot be read latches all the same', () => {
  assert.ok(latchOf({ detail: { latch: 'garbage' } }));
  assert.equal(latchOf({ detail: {} }), undefined);
});
