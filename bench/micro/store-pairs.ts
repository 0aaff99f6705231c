/**
 * Stores pairs into the embedded Postgres, as the proxy starts it, through the pair writer, and prints how many a
 * second; then as many as come while that Postgres stands still, and while it is there again. Writes
 * `results/<day>-store-pairs.json`.
 *
 *     ../node_modules/.bin/node micro/store-pairs.ts [--pairs 20000] [--body 2048]
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../proxy/store/embedded-postgres.ts';
import type { PairRow } from '../../proxy/store/model.ts';
import { openStore, type Store } from '../../proxy/store/open-store.ts';
import { systemClock } from '../../proxy/telemetry/clock.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '20000' },
    /** Characters of each answer's body: two are kept of a pair. */
    body: { type: 'string', default: '2048' },
  },
});
const bar = 2_000;
const count = Number(values.pairs);
const bodyChars = Number(values.body);
/** Pairs handed over before somebody looks up: as a comparer does, and less than the queue holds. */
const burst = 2_000;
const stillSeconds = 5;

const log = pino({ level: 'silent' });
const dataDir = await mkdtemp(path.join(tmpdir(), 'ficus-store-pairs-'));
const postgres = await startEmbeddedPostgres({ dataDir, log, database: 'ficus' });
try {
  const store = openStore({ databaseUrl: postgres.url, log, clock: systemClock });
  await new Promise<void>((resolve) => store.onAvailable(resolve));
  await write(store, 500);
  const stored = await timed(store);
  const still = await whileStill(store);
  await store.close();
  const result = {
    measure:
      'pairs stored a second into the embedded Postgres, each with its request, two answers, one signature',
    machine: { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version },
    /** Processes that others ran meanwhile take part in the figure. */
    loadAverage: loadavg()[0],
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    pairs: count,
    bodyChars,
    bar,
    ...stored,
    still,
  };
  const file = path.join(
    import.meta.dirname,
    '../results',
    `${new Date().toISOString().slice(0, 10)}-store-pairs.json`,
  );
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(
    `${Math.round(stored.pairsPerSecond).toLocaleString('en')} pairs/s (bar ${bar.toLocaleString('en')}: ` +
      `${stored.pairsPerSecond >= bar ? 'met' : 'missed'}), ${stored.cpuMsPerPair.toFixed(3)} ms of our CPU time and ` +
      `${stored.postgresCpuMsPerPair.toFixed(3)} ms of Postgres' each`,
  );
  console.log(
    `Postgres stopped for ${stillSeconds} s: ${still.offered.toLocaleString('en')} offered, ` +
      `${still.dropped.toLocaleString('en')} dropped and counted, at most ${still.mostQueuedMiB.toFixed(1)} MiB waiting, ` +
      `longest stall of this process ${still.longestStallMs.toFixed(0)} ms, ${still.writtenAfter.toLocaleString('en')} written after`,
  );
} finally {
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function timed(store: Store) {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const postgresBefore = await postgresCpuMs();
  await write(store, count);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { written, superseded, dropped } = store.pairWriter.counts();
  if (written < count || superseded > 0) throw new Error(`only ${written} of ${count} pairs were written`);
  return {
    seconds,
    pairsPerSecond: count / seconds,
    cpuMsPerPair: (user + system) / 1000 / count,
    postgresCpuMsPerPair: ((await postgresCpuMs()) - postgresBefore) / count,
    dropped,
  };
}

async function write(store: Store, pairs: number): Promise<void> {
  for (let sent = 0; sent < pairs; ) {
    for (let i = 0; i < burst && sent < pairs; i++) store.pairWriter.add(pair(sent++));
    // The queue's bound is part of the design: the bench does not run into it.
    while (store.pairWriter.counts().queued > burst) await store.pairWriter.flush();
  }
  await store.pairWriter.flush();
}

/** As a database that is slow beyond measure: its processes stand still, and connections stay up. */
async function whileStill(store: Store) {
  const pids = await postgresPids();
  const before = store.pairWriter.counts();
  let offered = 0;
  let mostQueuedBytes = 0;
  let longestStallMs = 0;
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    const until = performance.now() + stillSeconds * 1000;
    for (let last = performance.now(); last < until; ) {
      for (let i = 0; i < bar / 8; i++, offered++) store.pairWriter.add(pair(1_000_000 + offered));
      mostQueuedBytes = Math.max(mostQueuedBytes, store.pairWriter.counts().queuedBytes);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const now = performance.now();
      longestStallMs = Math.max(longestStallMs, now - last - 50);
      last = now;
    }
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
  while (store.pairWriter.counts().queued > 0) {
    await store.pairWriter.flush();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const after = store.pairWriter.counts();
  return {
    offered,
    dropped: after.dropped['queue-full'] - before.dropped['queue-full'],
    writtenAfter: after.written - before.written,
    mostQueuedMiB: mostQueuedBytes / 1024 / 1024,
    longestStallMs,
  };
}

/** User and system time of all its processes, in ticks of 10 ms. */
async function postgresCpuMs(): Promise<number> {
  const stats = await Promise.all((await postgresPids()).map((pid) => readFile(`/proc/${pid}/stat`, 'utf8')));
  return stats.reduce((sum, stat) => {
    const fields = stat.slice(stat.lastIndexOf(')')).split(' ');
    return sum + 10 * (Number(fields[12]) + Number(fields[13]));
  }, 0);
}

/** The server that this bench started and its children. */
async function postgresPids(): Promise<number[]> {
  const [first = ''] = (await readFile(path.join(await dataFolder(), 'postmaster.pid'), 'utf8')).split('\n');
  const children = execFileSync('pgrep', ['-P', first], { encoding: 'utf8' }).trim().split('\n').map(Number);
  return [Number(first), ...children];
}

async function dataFolder(): Promise<string> {
  const found = execFileSync('find', [dataDir, '-name', 'postmaster.pid'], { encoding: 'utf8' }).trim();
  return path.dirname(found);
}

function pair(number: number): PairRow {
  const item = '{"sku":"P-000017","name":"Bread knife, 20 cm","price":19.99},';
  const body = `{"items":[${item.repeat(Math.ceil(bodyChars / item.length))}`.slice(0, bodyChars);
  return {
    id: randomUUID(),
    migration: 'catalog',
    monolithBuild: '15.2',
    serviceBuild: '1.0.0',
    route: 'GET /api/products',
    at: new Date().toISOString(),
    control: 'monolith',
    outcome: 'differed',
    differences: [
      {
        place: `body:/items/${number}/price`,
        pattern: 'body:/items/*/price',
        kind: 'value',
        monolith: '19.99',
        service: '20',
        // All different: pairs of one signature are not all kept.
        signature: number.toString(16).padStart(12, '0'),
      },
    ],
    monolithMs: 12.5,
    serviceMs: 8.25,
    request: {
      method: 'GET',
      target: `/api/products?page=${number}`,
      headers: ['accept', 'application/json'],
      body: '',
    },
    monolith: { status: 200, headers: ['content-type', 'application/json'], body },
    service: { status: 200, headers: ['content-type', 'application/json'], body },
  };
}
