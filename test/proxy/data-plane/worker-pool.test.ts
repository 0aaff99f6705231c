import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';
import type { ControlSnapshot } from '../../../proxy/data-plane/snapshot.ts';
import { WorkerPool } from '../../../proxy/data-plane/worker-pool.ts';
import { emptyFeatureSet } from '../../../proxy/flags/feature-set.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';

let upstream: RecordingUpstream;
let pool: WorkerPool;
let answered = 0;

function snapshot(revision: number): ControlSnapshot {
  const text = `{ upstreams: { monolith: { url: 'http://127.0.0.1:${upstream.port}' } }, default: monolith }`;
  const parsed = parseRoutes(text, { file: 'routes.yaml', baseDir: '/' });
  assert.ok(parsed.ok);
  return { revision, routing: parsed.model, features: emptyFeatureSet, caps: {}, dryRunMigrations: [] };
}

before(async () => {
  upstream = await RecordingUpstream.start();
  pool = await WorkerPool.start(
    {
      count: 2,
      host: '127.0.0.1',
      port: 0,
      settings: {
        debugHeaders: false,
        logLevel: 'silent',
        accessLogSample: 0,
        maxMemoryBytes: Number.POSITIVE_INFINITY,
      },
      onReport: (report) => {
        answered += report.migrations['']?.monolith.requests ?? 0;
      },
      onShadow: () => {},
      log: pino({ level: 'silent' }),
      clock: systemClock,
    },
    snapshot(1),
  );
});

after(async () => {
  await pool.stop({ drainMs: 0, graceMs: 100 });
  await upstream[Symbol.asyncDispose]();
});

test('two workers asked for any free port share one', async () => {
  assert.equal(pool.workers().length, 2);
  for (let i = 0; i < 20; i++) await get();
});

test('what workers counted arrives', async () => {
  await until(() => answered === 20);
});

test('a new snapshot is applied by every worker', async () => {
  pool.apply(snapshot(7));
  await until(() => pool.workers().every(({ revision }) => revision === 7));
});

test('a killed worker is replaced, and the other one answers meanwhile', async () => {
  const [first] = pool.workers();
  process.kill(first!.pid, 'SIGKILL');
  await until(() => pool.restarts === 1);
  await get();
  await until(() => pool.workers().length === 2 && pool.workers().every(({ revision }) => revision === 7));
  assert.ok(pool.workers().every(({ pid }) => pid !== first!.pid));
});

async function get(): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${pool.port}/`, { headers: { connection: 'close' } });
  assert.equal(await response.text(), 'ok');
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
