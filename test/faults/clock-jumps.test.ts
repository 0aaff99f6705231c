import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { startDataPlane } from '../../proxy/data-plane/data-plane.ts';
import { budgetedWarn } from '../../proxy/telemetry/log-budget.ts';
import { snapshotOf } from '../proxy/data-plane/test-estate.ts';
import { installDebianPackage } from '../support/install-debian-package.ts';
import { RawClient } from '../support/raw-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { until } from '../support/until.ts';
import { WorkerProcess } from '../support/worker-process.ts';
import { monolithSnapshot } from './faulty-workers.ts';

const HOUR_MS = 3_600_000;
const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';

test('a wall clock that jumps an hour either way opens no new connection, times nothing out and counts no odd latency', async () => {
  await using upstream = await RecordingUpstream.start();
  let jumpMs = 0;
  const plane = await startDataPlane(
    {
      host: '127.0.0.1',
      port: 0,
      debugHeaders: false,
      log: pino({ level: 'silent' }),
      clock: { now: () => Date.now() + jumpMs, monotonic: () => performance.now() },
      deliverPair: () => true,
    },
    monolithSnapshot(upstream.port),
  );
  using client = await RawClient.connect(plane.port);
  for (const jump of [0, HOUR_MS, -HOUR_MS, 0]) {
    jumpMs = jump;
    assert.equal((await client.ask(get)).status, 200);
  }
  assert.equal(upstream.connectionCount, 1);
  const { latency, requests } = plane.takeReport().migrations['']!.monolith;
  assert.equal(requests, 4);
  // Bucket 272 begins at 4 s; an hour would be in the last one.
  assert.equal(
    latency.slice(272).reduce((sum, count) => sum + count, 0),
    0,
  );
  await plane.close(0);
});

test('a machine whose wall clock jumps an hour either way: the worker keeps its connection, and pairs have the new time', async () => {
  await installDebianPackage('faketime');
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-clock-'));
  const clockFile = path.join(folder, 'clock');
  const jumpTo = (seconds: number) => writeFile(clockFile, `${seconds < 0 ? '' : '+'}${seconds}`);
  await jumpTo(0);
  await using monolith = await RecordingUpstream.start('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na');
  await using service = await RecordingUpstream.start('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb');
  const estate = { monolith: monolith.port, service: service.port, shares: {} };
  // The monotonic clock goes on as it does on a real machine.
  const fake = [
    `LD_PRELOAD=${await fakeTimeLibrary()}`,
    `FAKETIME_TIMESTAMP_FILE=${clockFile}`,
    'FAKETIME_NO_CACHE=1',
    'FAKETIME_DONT_FAKE_MONOTONIC=1',
  ];
  try {
    await using worker = await WorkerProcess.start(snapshotOf(estate, { shadow: 100 }), [
      'env',
      ...fake,
      process.execPath,
    ]);
    using client = await RawClient.connect(worker.port);
    let asked = 0;
    for (const jump of [0, 3600, -3600, 0]) {
      await jumpTo(jump);
      assert.equal((await client.ask(get)).status, 200);
      asked++;
      await until('the pair is there', () => worker.pairs.length === asked);
      const offBySeconds = (Date.parse(worker.pairs.at(-1)!.at) - Date.now()) / 1000;
      assert.ok(Math.abs(offBySeconds - jump) < 60, `a jump of ${jump} s, a pair of ${offBySeconds} s`);
    }
    assert.equal(monolith.connectionCount, 1);
    assert.deepEqual(worker.failures(), {});
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Where Debian has it depends on the machine's architecture. */
async function fakeTimeLibrary(): Promise<string> {
  const { stdout } = await promisify(execFile)('dpkg', ['-L', 'libfaketime']);
  return stdout.split('\n').find((file) => file.endsWith('/libfaketime.so.1'))!;
}

test('a budget by the second is not stopped by a wall clock that goes back', () => {
  const lines: unknown[] = [];
  let monotonic = 0;
  let wall = HOUR_MS;
  const clock = { now: () => wall, monotonic: () => monotonic };
  const warn = budgetedWarn({ warn: (...line: unknown[]) => void lines.push(line) }, clock, 1);
  warn({}, 'first');
  wall = 0;
  monotonic = 1000;
  warn({}, 'second');
  assert.equal(lines.length, 2);
});
