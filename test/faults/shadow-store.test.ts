import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Logger, pino } from 'pino';
import { createComparer } from '../../proxy/shadow/comparer.ts';
import { openStore } from '../../proxy/store/open-store.ts';
import { systemClock } from '../../proxy/telemetry/clock.ts';
import { sampleMigration } from '../proxy/routing/sample-routing.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { until } from '../support/until.ts';
import { childrenOf } from './process-resources.ts';
import { type ShadowEstate, startShadowEstate } from './shadow-estate.ts';

const silent = pino({ level: 'silent' });
const isRoot = process.getuid?.() === 0;
/** Each route has signatures of its own, so that all of their pairs are kept. */
const routes = Array.from({ length: 40 }, (_, i) => `GET /a${i}`);

let postgres: TestPostgres;

before(async () => {
  postgres = await startTestPostgres();
});

after(() => postgres.stop());

interface StoredShadow extends AsyncDisposable {
  readonly shadow: ShadowEstate;
  readonly store: ReturnType<typeof openStore>;
  /** One request for each route, so many times, each of which makes a pair that differs in 60 KB. */
  ask(times: number): Promise<void>;
}

/** Data plane, comparer and store in a row. */
async function startStoredShadow(databaseUrl: string, log: Logger = silent): Promise<StoredShadow> {
  const store = openStore({ databaseUrl, log, clock: systemClock });
  const comparer = createComparer({
    onCompared: (pair) => store.pairWriter.add(pair),
    onDropped: () => {},
    log,
    redactionKey: randomBytes(32),
    maxQueuedPairs: 1000,
    maxQueuedBytes: 64 * 1024 * 1024,
    timeBudgetMs: 5000,
  });
  comparer.setMigrations([sampleMigration('catalog', routes)]);
  const service = await RecordingUpstream.start(() => {
    const body = randomBytes(30_000).toString('hex');
    return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  });
  const shadow = await startShadowEstate({
    service: service.port,
    routes,
    deliverPair(pair) {
      comparer.submit(pair);
      return true;
    },
  });
  return {
    shadow,
    store,
    async ask(times) {
      for (let time = 0; time < times; time++)
        for (const route of routes) await shadow.ask(1, { path: route.slice(4) });
    },
    async [Symbol.asyncDispose]() {
      await shadow[Symbol.asyncDispose]();
      await service.close();
      await comparer.close();
      await store.close();
    },
  };
}

async function admin(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** A database whose files are on a file system of 16 MB. */
async function smallDatabase(folder: string): Promise<string> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0700', 'tmpfs', folder]);
  execFileSync('chown', ['postgres:', folder]);
  await admin(
    postgres.url,
    `create tablespace small location '${folder}'`,
    'create database small tablespace small',
  );
  const url = new URL(postgres.url);
  url.pathname = '/small';
  return url.href;
}

const mountNeedsRoot = isRoot ? false : 'mounting a file system of 16 MB needs root';

test('a full disk under Postgres costs pairs, no client, and pairs are written again when it has room', {
  skip: mountNeedsRoot,
}, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ficus-small-'));
  t.after(async () => {
    await admin(postgres.url, 'drop database small with (force)', 'drop tablespace small');
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  await using stored = await startStoredShadow(await smallDatabase(folder), log);
  const { shadow, store, ask } = stored;
  await until('the store is there', () => store.available());
  // 16 MB, less 7 of an empty database: full after some 150 pairs of 60 KB that can hardly be compressed.
  const isFull = (): boolean => lines.some((line) => line.search(/53100|No space left/) >= 0);
  for (let asked = 0; !isFull(); asked++) {
    assert.ok(asked < 100, 'the disk is never full');
    await ask(1);
    await until('they are written, or can no more', () => store.pairWriter.counts().queued < 60 || isFull());
  }
  const { written } = store.pairWriter.counts();
  await ask(1);
  await until('pairs wait', () => store.pairWriter.counts().queued > 0);
  execFileSync('mount', ['-o', 'remount,size=256m', folder]);
  await ask(1);
  await until(
    'pairs are written again',
    () => store.pairWriter.counts().queued === 0 && store.pairWriter.counts().written > written,
    20_000,
  );
  assert.deepEqual(shadow.dropped(), {});
  shadow.assertLedger();
});

test('a Postgres that stands still costs no client anything, and pairs are written when it goes on', async () => {
  await using stored = await startStoredShadow(postgres.url);
  const { shadow, store, ask } = stored;
  await until('the store is there', () => store.available());
  const postmaster = await postmasterOf(postgres.url);
  await ask(1);
  await until('pairs are written', () => store.pairWriter.counts().written > 0);
  const all = [postmaster, ...childrenOf(postmaster)];
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  try {
    await ask(3);
    await shadow.estate.pairCount(4 * routes.length);
  } finally {
    for (const pid of all) process.kill(pid, 'SIGCONT');
  }
  await until(
    'what waited is written',
    () => {
      const { written, superseded, queued } = store.pairWriter.counts();
      return queued === 0 && written + superseded === shadow.estate.pairs.length;
    },
    20_000,
  );
  assert.deepEqual(shadow.dropped(), {});
  shadow.assertLedger();
});

async function postmasterOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>('show data_directory');
  await client.end();
  return Number(readFileSync(path.join(rows[0]!.data_directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
}
