import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessLine, createAccessLog } from '../../../proxy/telemetry/access-log.ts';

const entry = {
  requestId: '0192',
  method: 'GET',
  target: '/api/orders/1?token=secret',
  migration: 'orders',
  route: 'GET /api/orders/{id}',
  side: 'service',
  upstream: 'orders',
  status: 200,
  durationMs: 12.34567,
};

function logOf(sample: number, random: () => number) {
  const lines: string[] = [];
  let now = 0;
  const log = createAccessLog({
    sample,
    random,
    sink: { write: (line) => lines.push(line), takeDropped: () => 0 },
    clock: { now: () => 0, monotonic: () => now },
  });
  return { log, lines, later: (ms: number) => (now += ms) };
}

test('a line says what became of the request, and nothing of its query', () => {
  const line = accessLine(entry, Date.UTC(2026, 10, 24));
  assert.deepEqual(JSON.parse(line), {
    level: 'info',
    time: '2026-11-24T00:00:00.000Z',
    name: 'access',
    pid: process.pid,
    requestId: '0192',
    method: 'GET',
    route: 'GET /api/orders/{id}',
    side: 'service',
    upstream: 'orders',
    status: 200,
    path: '/api/orders/1',
    migration: 'orders',
    durationMs: 12.346,
  });
  assert.ok(!line.includes('secret'));
});

test('a path can neither start a line nor speak to a terminal', () => {
  const line = accessLine({ ...entry, target: '/\n\u001b[2J\u007f\u009b31m\u2028x' }, 0);
  assert.match(line, /^[ -~]+\n$/);
  assert.equal(JSON.parse(line).path, '/\n\u001b[2J\u007f\u009b31m\u2028x');
});

test('a path of any length makes a line of a bounded one', () => {
  assert.ok(accessLine({ ...entry, target: `/${'x'.repeat(60_000)}` }, 0).length < 2000);
});

test('requests are sampled by their share', () => {
  let turn = 0;
  const { log } = logOf(0.25, () => (turn++ % 100) / 100);
  assert.equal(Array.from({ length: 100 }, () => log.wants('answered')).filter(Boolean).length, 25);
});

test('failures are always told, within a budget that is new every second', () => {
  const { log, later } = logOf(0.01, () => 0.5);
  const told = () => Array.from({ length: 100 }, () => log.wants('failed')).filter(Boolean).length;
  assert.equal(told(), 20);
  later(1000);
  assert.equal(told(), 20);
});

test('a flood of refusals leaves failures their lines', () => {
  const { log } = logOf(0.01, () => 0.5);
  const told = (kind: 'failed' | 'refused') =>
    Array.from({ length: 100 }, () => log.wants(kind)).filter(Boolean).length;
  assert.deepEqual([told('refused'), told('failed')], [20, 20]);
});

test('a sample of nothing tells nothing', () => {
  assert.equal(logOf(0, () => 0).log.wants('failed'), false);
});
