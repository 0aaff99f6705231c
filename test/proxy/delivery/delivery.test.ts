import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import pino from 'pino';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';
import { MigrationDelivery } from '../../../proxy/delivery/delivery.ts';
import { MigrationStates, type StateStore } from '../../../proxy/delivery/migration-states.ts';
import { TrafficHistory } from '../../../proxy/delivery/traffic-history.ts';
import type { GateReason, GateReport } from '../../../proxy/evidence/model.ts';
import { emptyFeatureSet } from '../../../proxy/flags/feature-set.ts';
import { openFileFlags } from '../../../proxy/flags/file-flags.ts';
import type { FlagSource } from '../../../proxy/flags/flag-source.ts';
import type { Migration } from '../../../proxy/routing/model.ts';
import type { AuditEntry, MigrationStateRow } from '../../../proxy/store/model.ts';

const log = pino({ level: 'silent' });
const somebody = { name: 'cli:somebody' };
const parsed = parseRoutes(
  `{ upstreams: { monolith: { url: http://m }, billing: { url: http://b } }, default: monolith, migrations: { billing: {
    service: billing, stickBy: [header:x-user-id], routes: [GET /api/invoices],
    canary: { steps: [1, 5, 25, 100], holdMinutes: 10, minRequests: 100 } } } }`,
  { file: 'routes.yaml', baseDir: '/' },
);
assert.ok(parsed.ok);
const migration: Migration = parsed.model.migrations[0]!;

let dataDir: string;
let flags: FlagSource;
let states: MigrationStates;
let delivery: MigrationDelivery;
let gateState: GateReport['state'];
let reasons: GateReason[];
let nowMs: number;
let killed: string | undefined;
let audited: AuditEntry[];

/** A store that is away: what delivery does must not depend on it. */
const away: StateStore = {
  load: () => Promise.reject(new Error('away')),
  save: () => Promise.reject(new Error('away')),
};

const clock = { now: () => nowMs, monotonic: () => nowMs };

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'ficus-delivery-'));
  nowMs = Date.parse('2026-11-20T09:00:00Z');
  gateState = 'open';
  reasons = [];
  audited = [];
  killed = undefined;
  flags = await openFileFlags({ dataDir, clock, log });
  states = new MigrationStates({ file: path.join(dataDir, 'states.json'), store: away, log });
  delivery = makeDelivery();
});

afterEach(async () => {
  await states.flush();
  await flags.close();
  await rm(dataDir, { recursive: true });
});

function makeDelivery(): MigrationDelivery {
  return new MigrationDelivery({
    migrations: () => [migration],
    flags,
    gate: () => ({
      migration: 'billing',
      state: gateState,
      key: { migration: 'billing', monolithBuild: '1', serviceBuild: '2', rulesHash: 'r' },
      reasons,
      coverage: [],
    }),
    pairs: () => ({ agreed: 0, differed: 0, incomparable: 0 }),
    states,
    killed: () => killed,
    traffic: new TrafficHistory(clock),
    audit: (entry) => audited.push(entry),
    onCapsChanged: () => {},
    clock,
    log,
  });
}

function refuse(rule: GateReason['rule']): void {
  gateState = 'refused';
  reasons = [{ rule, state: 'refused', text: `${rule} speaks against it.` }];
}

/** Minutes and answers that leave a step. */
function hold(): void {
  nowMs += 10 * 60_000;
  states.countRequests('billing', 100, new Date(nowMs).toISOString());
}

const share = () => delivery.status('billing')!.share;

describe('promote', () => {
  test('with the gate open, asks for the first step and no more', async () => {
    assert.equal((await delivery.promote('billing', undefined, somebody, '')).done, true);
    assert.deepEqual(share(), { asked: 1, allowed: 1, effective: 1 });
    assert.deepEqual(delivery.caps(), { billing: 1 });
  });

  test('stands in the audit before what followed from it', async () => {
    await delivery.promote('billing', undefined, somebody, '');
    assert.deepEqual(
      audited.map(({ action }) => action),
      ['promote', 'phase'],
    );
  });

  test('beyond the next step with a gate that waits is refused; no flag is written', async () => {
    gateState = 'waiting';
    reasons = [{ rule: 'pairs', state: 'waiting', text: '1,240 more pairs would do.' }];
    const result = await delivery.promote('billing', 25, somebody, '');
    assert.deepEqual(result, { done: false, code: 'gate_refused', reasons: ['1,240 more pairs would do.'] });
    assert.equal(share().asked, 0);
    assert.deepEqual(
      audited.map(({ action }) => action),
      ['refused'],
    );
  });

  test('before the step was held long enough is refused and says what is missing', async () => {
    await delivery.promote('billing', undefined, somebody, '');
    const result = await delivery.promote('billing', undefined, somebody, '');
    assert.ok(!result.done);
    assert.deepEqual(result.reasons, [
      'The step of 1 % has been held for 0 of 10 minutes and 0 of 100 requests.',
    ]);
  });

  test('after it was held goes one step further', async () => {
    await delivery.promote('billing', undefined, somebody, '');
    hold();
    assert.equal((await delivery.promote('billing', undefined, somebody, '')).done, true);
    assert.equal(share().effective, 5);
  });

  test('with a gate that waits is refused with its reasons', async () => {
    gateState = 'waiting';
    reasons = [{ rule: 'pairs', state: 'waiting', text: '1,240 more pairs would do.' }];
    const result = await delivery.promote('billing', undefined, somebody, '');
    assert.deepEqual(result, { done: false, code: 'gate_refused', reasons: ['1,240 more pairs would do.'] });
  });
});

describe('a flag raised elsewhere', () => {
  test('serves what the gate allows, step by step, and says why not more', async () => {
    await flags.setShare({
      migrationId: 'billing',
      which: 'serve',
      percent: 100,
      reason: '',
      actor: 'somebody else',
    });
    assert.deepEqual([share().asked, share().effective], [100, 1]);
    assert.match(delivery.status('billing')!.holds.join(), /held for 0 of 10 minutes/);
    hold();
    delivery.reconcile();
    assert.equal(share().effective, 5);
  });

  test('reaches phase service only after 100 % was held, too', async () => {
    await flags.setShare({
      migrationId: 'billing',
      which: 'serve',
      percent: 100,
      reason: '',
      actor: 'somebody else',
    });
    for (let step = 0; step < 3; step++) {
      hold();
      delivery.reconcile();
    }
    assert.deepEqual([share().effective, delivery.status('billing')!.phase], [100, 'canary']);
    hold();
    delivery.reconcile();
    assert.equal(delivery.status('billing')!.phase, 'service');
  });
});

describe('flags', () => {
  test('that nobody has read yet decide nothing: what was granted and held stays', async () => {
    await delivery.promote('billing', undefined, somebody, '');
    const before = states.get('billing', '');
    const unread: FlagSource = { ...flags, current: () => emptyFeatureSet, known: () => false };
    flags = unread;
    delivery = makeDelivery();
    delivery.reconcile();
    assert.deepEqual(states.get('billing', ''), before);
  });

  test('for some users only are not overwritten by promote, and never make the phase service', async () => {
    const strategy = { name: 'userWithId', parameters: { userIds: 'alice' }, constraints: [] };
    const feature = { name: 'billing.serve', enabled: true, strategies: [strategy] };
    await writeFile(path.join(dataDir, 'flags.json'), JSON.stringify({ version: 2, features: [feature] }));
    await flags.close();
    flags = await openFileFlags({ dataDir, clock, log });
    delivery = makeDelivery();
    for (let step = 0; step < 5; step++) {
      hold();
      delivery.reconcile();
    }
    const { phase, holds } = delivery.status('billing')!;
    assert.equal(phase, 'canary');
    assert.match(holds.join(), /asks for some users only/);
    const result = await delivery.promote('billing', undefined, somebody, '');
    assert.ok(!result.done);
    assert.match(result.reasons.join(), /promote would overwrite that/);
  });

  test('asked for a share that no flag can have are left alone', async () => {
    const results = [
      await delivery.promote('billing', 12.5, somebody, ''),
      await delivery.shadow('billing', 12.5, somebody, ''),
    ];
    assert.deepEqual(
      results.map((result) => !result.done && result.code),
      ['invalid', 'invalid'],
    );
  });
});

describe('a gate that closes under users who are served', () => {
  beforeEach(async () => {
    await delivery.promote('billing', undefined, somebody, '');
    hold();
    await delivery.promote('billing', undefined, somebody, '');
  });

  test('takes the share back, once, with an audit entry', () => {
    refuse('unjudged');
    delivery.reconcile();
    delivery.reconcile();
    assert.deepEqual([share().asked, share().effective], [5, 0]);
    const closed = audited.filter(({ action }) => action === 'gate-closed');
    assert.deepEqual(
      closed.map(({ actor, reason }) => [actor, reason]),
      [['ficus', 'unjudged speaks against it.']],
    );
  });

  test('and opens again gives nothing before somebody promotes', async () => {
    refuse('agreement');
    delivery.reconcile();
    gateState = 'open';
    reasons = [];
    delivery.reconcile();
    assert.equal(share().effective, 0);
    assert.equal((await delivery.promote('billing', 1, somebody, '')).done, true);
    assert.equal(share().effective, 1);
  });

  test('because of latency alone, it only goes no further', () => {
    refuse('latency');
    delivery.reconcile();
    assert.equal(share().effective, 5);
  });
});

describe('roll back', () => {
  beforeEach(async () => {
    await delivery.promote('billing', undefined, somebody, '');
  });

  test('is in force before the flag is written, and lowers the flag', async () => {
    const rolledBack = delivery.rollback('billing', somebody, 'it is wrong');
    assert.deepEqual(delivery.caps(), { billing: 0 });
    assert.equal((await rolledBack).done, true);
    assert.equal(share().asked, 0);
  });

  test('with flags that cannot be written holds the share at 0 % all the same', async () => {
    flags.setShare = () => Promise.reject(new Error('the disk is full'));
    const result = await delivery.rollback('billing', somebody, 'it is wrong');
    assert.ok(result.done);
    assert.match(result.warnings.join(), /the disk is full.*still asks for 1 %/s);
    delivery.reconcile();
    assert.deepEqual([share().asked, share().effective], [1, 0]);
  });

  test('outlives a restart without Postgres', async () => {
    flags.setShare = () => Promise.reject(new Error('the disk is full'));
    await delivery.rollback('billing', somebody, 'it is wrong');
    await states.flush();
    states = new MigrationStates({ file: path.join(dataDir, 'states.json'), store: away, log });
    await states.loadFile();
    delivery = makeDelivery();
    delivery.reconcile();
    assert.equal(share().effective, 0);
  });
});

describe('migration states', () => {
  const row = (revision: number, granted: number): MigrationStateRow => ({
    migration: 'billing',
    revision,
    granted,
    held: false,
    grantedAt: '2026-11-20T09:00:00.000Z',
    requestsSinceGrant: 0,
    phase: 'canary',
    phaseSince: '2026-11-20T09:00:00.000Z',
    detail: {},
  });

  test('the copy with the higher revision wins over the other, both ways', async () => {
    const saved: MigrationStateRow[] = [];
    const store: StateStore = { load: async () => [row(7, 25)], save: async (kept) => void saved.push(kept) };
    const newer = new MigrationStates({ file: path.join(dataDir, 'a.json'), store, log });
    newer.set(row(9, 5));
    saved.length = 0;
    await newer.syncWithStore();
    assert.deepEqual([newer.get('billing', '').granted, saved.map(({ revision }) => revision)], [5, [9]]);
    const older = new MigrationStates({ file: path.join(dataDir, 'b.json'), store, log });
    older.set(row(3, 5));
    await older.syncWithStore();
    assert.equal(older.get('billing', '').granted, 25);
    await Promise.all([newer.flush(), older.flush()]);
  });

  test('of two copies of one revision the one that holds is kept', async () => {
    const store: StateStore = { load: async () => [{ ...row(3, 0), held: true }], save: async () => {} };
    const other = new MigrationStates({ file: path.join(dataDir, 'c.json'), store, log });
    other.set(row(3, 25));
    assert.equal(await other.syncWithStore(), true);
    assert.deepEqual([other.get('billing', '').granted, other.get('billing', '').held], [0, true]);
    await other.flush();
  });

  test('a broken file grants nothing', async () => {
    await states.flush();
    const file = path.join(dataDir, 'states.json');
    const text = await readFile(file, 'utf8');
    assert.equal(JSON.parse(text).length, 0);
    await writeFile(file, '[{"migration":"billing","granted":100');
    await states.loadFile();
    assert.equal(states.get('billing', '').granted, 0);
  });
});

describe('promote past the gate', () => {
  const hourMs = 3_600_000;
  const promote = (forMs = hourMs, to = 25) =>
    delivery.promote('billing', to, somebody, 'monolith down', { forMs });

  test('what the gate refuses is served for the time asked for, and audited with the reasons', async () => {
    refuse('agreement');
    const result = await promote();
    assert.ok(result.done);
    assert.deepEqual(share(), { asked: 25, allowed: 25, effective: 25 });
    nowMs += hourMs - 1000;
    delivery.reconcile();
    assert.deepEqual(share(), { asked: 25, allowed: 25, effective: 25 });
    const { action, actor, reason, detail } = audited[0]!;
    assert.deepEqual([action, actor, reason], ['override', 'cli:somebody', 'monolith down']);
    assert.deepEqual(detail['reasons'], ['agreement speaks against it.']);
    assert.equal(detail['until'], '2026-11-20T10:00:00.000Z');
  });

  test('at its end what the evidence allows is in force again, and that is audited', async () => {
    refuse('agreement');
    await promote();
    nowMs += hourMs;
    assert.equal(share().effective, 0);
    delivery.reconcile();
    delivery.reconcile();
    assert.deepEqual(share(), { asked: 25, allowed: 0, effective: 0 });
    assert.deepEqual(
      audited.map(({ action }) => action).filter((action) => action !== 'phase'),
      ['override', 'override-ended'],
    );
    assert.equal(delivery.status('billing')!.override, undefined);
  });

  test('at its end a share that was granted before it stays while the gate waits', async () => {
    await delivery.promote('billing', undefined, somebody, '');
    gateState = 'waiting';
    await promote();
    nowMs += hourMs;
    delivery.reconcile();
    assert.deepEqual(share(), { asked: 25, allowed: 1, effective: 1 });
  });

  test('at its end the gate is open, the share stays', async () => {
    gateState = 'waiting';
    await promote(24 * hourMs);
    gateState = 'open';
    states.countRequests('billing', 100, new Date(nowMs).toISOString());
    nowMs += 24 * hourMs;
    delivery.reconcile();
    assert.equal(share().effective, 25);
  });

  test('a roll back ends it: promoting again does not bring it back', async () => {
    refuse('agreement');
    await promote();
    await delivery.rollback('billing', somebody, 'worse than the monolith');
    assert.equal(share().effective, 0);
    gateState = 'open';
    reasons = [];
    await delivery.promote('billing', undefined, somebody, '');
    assert.deepEqual(share(), { asked: 1, allowed: 1, effective: 1 });
  });

  test('the same share again lasts longer, and falls back to what was granted before the first', async () => {
    await delivery.promote('billing', undefined, somebody, '');
    gateState = 'waiting';
    await promote();
    nowMs += hourMs / 2;
    assert.equal((await promote()).done, true);
    nowMs += hourMs / 2;
    delivery.reconcile();
    assert.equal(share().effective, 25);
    nowMs += hourMs / 2;
    delivery.reconcile();
    assert.equal(share().effective, 1);
  });

  test('without a reason or for longer than a day it is refused, and no flag is written', async () => {
    refuse('agreement');
    assert.equal((await delivery.promote('billing', 25, somebody, '', { forMs: hourMs })).done, false);
    assert.equal((await promote(24 * hourMs + 1)).done, false);
    assert.equal(share().asked, 0);
  });

  test('where the gate allows the step, nothing is overridden, and that is said', async () => {
    const result = await promote(hourMs, 1);
    assert.ok(result.done);
    assert.match(result.warnings.join(), /no override was needed/);
    assert.equal(delivery.gate('billing')!.override, undefined);
  });
});

describe('while the kill switch is on', () => {
  const on = 'The kill switch is on.';

  test('nothing is in force, which comes first of the reasons, and what was granted waits', async () => {
    await delivery.promote('billing', 1, somebody, 'a few');
    killed = on;
    delivery.reconcile();
    const { share, holds } = delivery.status('billing')!;
    assert.deepEqual(share, { asked: 1, allowed: 0, effective: 0 });
    assert.equal(holds[0], on);
    killed = undefined;
    delivery.reconcile();
    assert.equal(delivery.status('billing')!.share.effective, 1);
  });

  test('no promote goes through, and a roll back does', async () => {
    await delivery.promote('billing', 1, somebody, 'a few');
    killed = on;
    const refused = await delivery.promote('billing', 5, somebody, 'more');
    assert.deepEqual(refused, { done: false, code: 'gate_refused', reasons: [on] });
    const back = await delivery.rollback('billing', somebody, 'not to come back');
    assert.equal(back.done, true);
    killed = undefined;
    delivery.reconcile();
    assert.equal(delivery.status('billing')!.share.effective, 0);
  });
});
