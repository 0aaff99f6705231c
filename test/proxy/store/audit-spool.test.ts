import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type AuditSpool, type AuditSpoolDeps, openAuditSpool } from '../../../proxy/store/audit-spool.ts';
import type { AuditEntry } from '../../../proxy/store/model.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { silentLog, startTestStore, type TestStore, until } from './start-test-store.ts';

const entry = (reason: string): AuditEntry => ({
  at: '2026-11-21T10:00:00.000Z',
  actor: 'cli:root',
  action: 'rollback',
  migration: 'catalog',
  reason,
  detail: {},
});

describe('the audit spool', () => {
  let started: TestStore;
  let dataDir: string;
  let file: string;

  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ficus-spool-'));
    file = join(dataDir, 'audit-spool.ndjson');
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  /** The real audit table, reached only when the test says so. */
  function switchable(append = started.store.audit.append) {
    let listener = () => {};
    const state = { available: false };
    const store: AuditSpoolDeps['store'] = {
      available: () => state.available,
      onAvailable(added) {
        listener = added;
        return () => {};
      },
      audit: { append: (id, added) => append(id, added) },
    };
    const switchTo = (available: boolean) => {
      state.available = available;
      if (available) listener();
    };
    return { store, switchTo };
  }

  const open = (store: AuditSpoolDeps['store'], more: Partial<AuditSpoolDeps> = {}) =>
    openAuditSpool({ dataDir, store, log: silentLog, clock: systemClock, ...more });

  const reasons = async (limit: number) =>
    (await started.store.audit.list({ limit })).map(({ reason }) => reason).reverse();

  async function untilReplayed(spool: AuditSpool): Promise<void> {
    await until(() => spool.counts().waiting === 0);
    await spool.close();
  }

  const fileExists = () =>
    stat(file).then(
      () => true,
      () => false,
    );

  test('Postgres is there, entries go straight to it', async () => {
    const { store, switchTo } = switchable();
    switchTo(true);
    const spool = await open(store);
    await Promise.all(['a', 'b', 'c'].map((reason) => spool.recordAudit(entry(reason))));
    assert.deepEqual(await reasons(3), ['a', 'b', 'c']);
    assert.equal(await fileExists(), false);
  });

  test('Postgres is away, entries are in a file of their owner alone, and in the chain in order when it is back', async () => {
    const { store, switchTo } = switchable();
    const spool = await open(store);
    await Promise.all(['d', 'e', 'f'].map((reason) => spool.recordAudit(entry(reason))));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(spool.counts().waiting, 3);
    switchTo(true);
    await spool.recordAudit(entry('g'));
    await untilReplayed(spool);
    assert.deepEqual(await reasons(4), ['d', 'e', 'f', 'g']);
    assert.equal(await fileExists(), false);
    assert.equal((await started.store.audit.verify()).intact, true);
  });

  test('An entry comes during the replay, it waits its turn in the file', async () => {
    const goOn = Promise.withResolvers<void>();
    const { store, switchTo } = switchable(async (id, added) => {
      if (added.reason === 'first') await goOn.promise;
      return started.store.audit.append(id, added);
    });
    const spool = await open(store);
    await spool.recordAudit(entry('first'));
    switchTo(true);
    await spool.recordAudit(entry('second'));
    assert.equal(spool.counts().waiting, 2);
    goOn.resolve();
    await untilReplayed(spool);
    assert.deepEqual(await reasons(2), ['first', 'second']);
  });

  test('Ficus ends with entries spooled, the next run replays them', async () => {
    const first = await open(switchable().store);
    await first.recordAudit(entry('before the restart'));
    await first.close();
    const { store, switchTo } = switchable();
    const second = await open(store);
    assert.equal(second.counts().waiting, 1);
    switchTo(true);
    await untilReplayed(second);
    assert.deepEqual(await reasons(1), ['before the restart']);
  });

  test('Postgres takes an entry but its answer comes too late, the entry is there once', async () => {
    const answer = Promise.withResolvers<void>();
    const { store, switchTo } = switchable(async (id, added) => {
      const row = await started.store.audit.append(id, added);
      await answer.promise;
      return row;
    });
    switchTo(true);
    const spool = await open(store, { postgresWaitMs: 50 });
    const before = performance.now();
    await spool.recordAudit(entry('answered late'));
    assert.ok(performance.now() - before < 1_000);
    assert.equal(spool.counts().waiting, 1);
    answer.resolve();
    await untilReplayed(spool);
    assert.deepEqual((await reasons(2)).filter((reason) => reason === 'answered late').length, 1);
  });

  test('Postgres goes away half-way through the replay, nothing is doubled and the order stays', async () => {
    let left = 2;
    const { store, switchTo } = switchable(async (id, added) => {
      const row = await started.store.audit.append(id, added);
      if (left-- > 0) return row;
      switchTo(false);
      throw new Error('Connection terminated unexpectedly');
    });
    const spool = await open(store);
    const added = Array.from({ length: 5 }, (_, i) => `half-way ${i}`);
    for (const reason of added) await spool.recordAudit(entry(reason));
    switchTo(true);
    await until(() => left < 0);
    left = Number.POSITIVE_INFINITY;
    switchTo(true);
    await untilReplayed(spool);
    assert.deepEqual(await reasons(5), added);
  });

  test('A crash tore the last line, what comes after it is replayed and the loss is told', async () => {
    const first = await open(switchable().store);
    await first.recordAudit(entry('whole'));
    await first.close();
    await appendFile(file, '{"id":"8d3f');
    const { store, switchTo } = switchable();
    const second = await open(store);
    await second.recordAudit(entry('after the crash'));
    switchTo(true);
    await untilReplayed(second);
    assert.deepEqual((await reasons(3)).slice(0, 2), ['whole', 'after the crash']);
    assert.match((await reasons(1))[0]!, /^1 audit entries could be written neither/);
    assert.equal(second.counts().lost, 1);
  });

  test('The spool is full, the entry is lost, counted and told, and nobody fails', async () => {
    const { store, switchTo } = switchable();
    const spool = await open(store, { maxBytes: 400 });
    for (const reason of ['fits', 'x'.repeat(400), 'y'.repeat(400)]) await spool.recordAudit(entry(reason));
    assert.deepEqual(spool.counts(), { waiting: 1, lost: 2 });
    assert.ok((await readFile(file)).length <= 400);
    switchTo(true);
    await untilReplayed(spool);
    const [fits, told] = await reasons(2);
    assert.equal(fits, 'fits');
    assert.match(told!, /^2 audit entries/);
  });

  test('The data directory is gone and not to be made, nobody fails', async () => {
    const spool = await open(switchable().store, { dataDir: '/dev/null/nowhere' });
    await spool.recordAudit(entry('nowhere to go'));
    assert.equal(spool.counts().lost, 1);
  });

  test('A detail can not be written as JSON and a time is none, the entry is there all the same', async () => {
    const { store, switchTo } = switchable();
    switchTo(true);
    const spool = await open(store);
    await spool.recordAudit({ ...entry('odd'), at: 'now', detail: { big: 1n } });
    const [row] = await started.store.audit.list({ limit: 1 });
    assert.equal(row?.reason, 'odd');
    assert.match(String(row?.detail['unreadable']), /BigInt/);
  });
});
