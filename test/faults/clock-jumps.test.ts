import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { startDataPlane } from '../../proxy/data-plane/data-plane.ts';
import { budgetedWarn } from '../../proxy/telemetry/log-budget.ts';
import { RawClient } from '../support/raw-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
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
