import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { connectDatabase, type Database, defaultTimings, StoreAway } from '../../../proxy/store/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../proxy/store/embedded-postgres.ts';
import { openStore, type Store } from '../../../proxy/store/open-store.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { silentLog, until, untilAvailable } from './start-test-store.ts';

const timings = {
  ...defaultTimings,
  connectMs: 300,
  statementMs: 300,
  heartbeatMs: 100,
  longestRetryMs: 100,
};

describe('the database', { timeout: 90_000 }, () => {
  let dataDir: string;
  let postgres: EmbeddedPostgres;
  let database: Database;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ficus-database-'));
    await chmod(dataDir, 0o711);
    await startPostgres();
  });
  after(async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true });
  });
  afterEach(() => database?.close());

  async function startPostgres(): Promise<void> {
    postgres = await startEmbeddedPostgres({ dataDir, log: silentLog, database: 'ficus' });
  }

  function connect(databaseUrl = postgres.url): Database {
    database = connectDatabase({ databaseUrl, log: silentLog, random: Math.random, timings });
    return database;
  }

  /** The server and every process of it. */
  async function serverPids(): Promise<number[]> {
    const lock = await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8');
    const postmaster = Number(lock.split('\n')[0]);
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=']);
    const processes = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    return [postmaster, ...processes.filter(([, parent]) => parent === postmaster).map(([pid]) => pid!)];
  }

  const untilAway = async () => {
    while (database.available()) await database.query('select 1').catch(() => {});
  };

  test('Nothing listens there, it fails at once and is there when Postgres comes', async () => {
    await postgres.stop();
    const { query, available } = connect();
    await assert.rejects(query('select 1'), StoreAway);
    assert.equal(available(), false);
    await startPostgres();
    await untilAvailable(database);
    assert.deepEqual(await query('select 1 as one'), [{ one: 1 }]);
  });

  for (const url of [
    'nonsense',
    'postgres://ficus:secret@[',
    'postgres://nobody:wrong@127.0.0.1:1/none',
    '',
  ]) {
    test(`The address is "${url}", nothing is thrown`, async () => {
      const { query, close } = connect(url);
      await assert.rejects(query('select 1'), StoreAway);
      await close();
    });
  }

  test('Listeners hear of every time it is there, until they unsubscribe', async () => {
    await untilAvailable(connect());
    let times = 0;
    const unsubscribe = database.onAvailable(() => {
      times++;
    });
    await untilAvailable(database);
    assert.equal(times, 1);
    process.kill((await serverPids())[0]!, 'SIGKILL');
    await untilAway();
    await untilAvailable(database);
    assert.equal(times, 2);
    unsubscribe();
  });

  test('Every connection is ended from outside while idle, no error escapes and it is there again', async () => {
    await untilAvailable(connect());
    await Promise.all([1, 2, 3].map(() => database.query('select pg_sleep(0.05)')));
    const other = connectDatabase({
      databaseUrl: postgres.url,
      log: silentLog,
      random: Math.random,
      timings,
    });
    await untilAvailable(other);
    // It may be back before anybody could see that it was away: what is counted is each time that it is there.
    let times = 0;
    database.onAvailable(() => {
      times++;
    });
    await until(() => times === 1);
    await other.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ficus' and pid <> pg_backend_pid()",
    );
    await other.close();
    await until(() => times === 2);
    assert.deepEqual(await database.query('select 2 as two'), [{ two: 2 }]);
  });

  test('Postgres hangs, a query gives up, the next fail at once, and it is there when Postgres goes on', async () => {
    await untilAvailable(connect());
    await database.query('select 1');
    const pids = await serverPids();
    signalAll(pids, 'SIGSTOP');
    try {
      await assert.rejects(database.query('select 1'), /timeout/);
      const before = performance.now();
      await assert.rejects(database.query('select 1'), StoreAway);
      assert.ok(performance.now() - before < 50);
    } finally {
      signalAll(pids, 'SIGCONT');
    }
    await untilAvailable(database);
    assert.deepEqual(await database.query('select 3 as three'), [{ three: 3 }]);
  });

  test('Nobody asks anything while Postgres hangs, the heartbeat finds out', async () => {
    await untilAvailable(connect());
    const pids = await serverPids();
    signalAll(pids, 'SIGSTOP');
    try {
      await until(() => !database.available());
    } finally {
      signalAll(pids, 'SIGCONT');
    }
  });

  test('A statement takes too long, it is cancelled and the database stays there', async () => {
    await untilAvailable(connect());
    await assert.rejects(database.query('select pg_sleep(5)'), /statement timeout/);
    assert.equal(database.available(), true);
  });

  test('A transaction fails half-way, nothing of it is there', async () => {
    await untilAvailable(connect());
    const failing = database.transaction(async (query) => {
      await query('create table ficus.half as select 1 as one');
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    assert.deepEqual(await database.query("select to_regclass('ficus.half') as half"), [{}]);
    assert.equal(database.available(), true);
  });

  test('Closed while Postgres hangs, it lets go within its limits', async () => {
    await untilAvailable(connect());
    await database.query('select 1');
    const pids = await serverPids();
    signalAll(pids, 'SIGSTOP');
    const before = performance.now();
    await database.close();
    assert.ok(performance.now() - before < 1_000);
    signalAll(pids, 'SIGCONT');
  });

  test('Postgres is killed while pairs and counts arrive, everything queued is there in the end', async () => {
    const store = openStore({ databaseUrl: postgres.url, log: silentLog, clock: systemClock, timings });
    await untilAvailable(store);
    const total = 600;
    for (let i = 0; i < total; i++) {
      store.pairWriter.add(pairOf(`s${i}`));
      if (i === 200) await store.pairWriter.flush();
      if (i === 300) process.kill((await serverPids())[0]!, 'SIGKILL');
    }
    await untilWritten(store, total);
    assert.equal((await store.pairs.pairsOfSignature('catalog', 's599', 1)).length, 1);
    await store.close();
  });

  function pairOf(signature: string) {
    return {
      id: randomUUID(),
      migration: 'catalog',
      route: 'GET /',
      at: '2026-11-21T10:00:00.000Z',
      control: 'monolith',
      outcome: 'differed',
      differences: [{ place: 'status', pattern: 'status', kind: 'value', signature }],
      monolithMs: 1,
      serviceMs: 1,
    } as const;
  }

  async function untilWritten(store: Store, count: number): Promise<void> {
    const deadline = performance.now() + 10_000;
    while (store.pairWriter.counts().written < count && performance.now() < deadline) {
      await store.pairWriter.flush();
    }
    assert.deepEqual(store.pairWriter.counts().dropped, { 'queue-full': 0, refused: 0, closed: 0 });
    assert.equal(store.pairWriter.counts().queued, 0);
  }
});

/** A connection's process may have ended since. */
function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
    }
  }
}
