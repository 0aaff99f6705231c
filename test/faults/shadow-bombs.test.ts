import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { type Comparer, createComparer } from '../../proxy/shadow/comparer.ts';
import type { ComparedPair, Pair } from '../../proxy/shadow/pair.ts';
import { sampleMigration } from '../proxy/routing/sample-routing.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { until } from '../support/until.ts';
import { startShadowEstate } from './shadow-estate.ts';

const migration = sampleMigration('catalog', ['GET /a']);

test('an answer of 50 MB is hashed as it streams by, whatever routes.yaml allows, and no client waits', async () => {
  const large = Buffer.alloc(50 * 1024 * 1024, 'x');
  await using service = await ScriptedUpstream.start(async (connection) => {
    for (;;) {
      await connection.request();
      connection.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n`);
      connection.socket.write(large);
    }
  });
  await using shadow = await startShadowEstate({
    service: service.port,
    migration: { shadow: { ...migration.shadow, timeoutMs: 20_000, maxBodyBytes: 64 * 1024 * 1024 } },
  });
  await shadow.ask(1);
  await shadow.ask(200, { path: '/b' });
  await until('the pair is there', () => shadow.estate.pairs.length === 1, 20_000);
  const { service: hashed } = shadow.estate.pairs[0]!;
  assert.ok(hashed.outcome === 'hashed');
  assert.deepEqual([hashed.bytes, hashed.detail], [large.length, 'over 8388608 bytes']);
  assert.equal(hashed.sha256, createHash('sha256').update(large).digest('hex'));
  shadow.assertLedger();
});

const keys = Array.from({ length: 1_000_000 }, (_, i) => `"${i}":0`).join(',');
/** What comparing must give up, by what it is. */
const bombs: readonly [what: string, body: string][] = [
  ['no end', `["${'x'.repeat(1024 * 1024 - 4)}",`],
  ['100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['a million keys', `{${keys}}`],
  ['a million keys and no end', `{${keys},`],
  ['half a million open brackets', '['.repeat(500_000)],
];

function pairWith(body: string, id: string): Pair {
  const answer = (text: string) => ({
    outcome: 'complete' as const,
    status: 200,
    headers: ['Content-Type', 'application/json', 'Content-Encoding', 'gzip'],
    body: gzipSync(text, { level: 1 }),
    durationMs: 1,
  });
  return {
    id,
    migration: 'catalog',
    route: 'GET /a',
    at: '2026-01-01T00:00:00.000Z',
    control: 'monolith',
    request: { method: 'GET', target: '/a', headers: [], body: new Uint8Array() },
    monolith: answer('{"a":1}'),
    service: answer(body),
  };
}

/**
 * Percentile 99 of what this thread worked in one go while something went on, in ms of CPU time: how late its
 * event loop was, but for what others took from it on a busy machine.
 */
async function workInOneGo(act: () => Promise<void>): Promise<number> {
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const took: number[] = [];
  let last = cpuMs();
  const timer = setInterval(() => {
    const now = cpuMs();
    took.push(now - last);
    last = now;
  }, 2);
  await act();
  clearInterval(timer);
  return took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)]!;
}

test('bodies that are too much for comparing never agree, and the event loop goes on', async (t) => {
  const compared: ComparedPair[] = [];
  const comparer: Comparer = createComparer({
    onCompared: (pair) => void compared.push(pair),
    onDropped: () => {},
    log: pino({ level: 'silent' }),
    redactionKey: randomBytes(32),
    maxQueuedPairs: 100,
    maxQueuedBytes: 256 * 1024 * 1024,
    timeBudgetMs: 2000,
  });
  t.after(() => comparer.close());
  comparer.setMigrations([migration]);
  const pairs = bombs.map(([what, body]) => pairWith(body, what));
  const lateMs = await workInOneGo(async () => {
    for (const pair of pairs) {
      comparer.submit(pair);
      await until(`${pair.id} is done with`, () => compared.some(({ id }) => id === pair.id), 20_000);
    }
  });
  const outcomeOf = (wanted: string) => compared.find(({ id }) => id === wanted)?.outcome;
  for (const what of ['100,000 deep', 'a million keys']) assert.equal(outcomeOf(what), 'incomparable', what);
  // What is no JSON is compared as the text that it is.
  for (const { id, outcome } of compared) assert.notEqual(outcome, 'agreed', id);
  // 20 ms is what is asked for; on a busy machine memory costs more CPU time, too.
  assert.ok(lateMs < 50, `late by ${lateMs} ms`);
});
