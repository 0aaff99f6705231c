import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Migration } from '../../../proxy/routing/model.ts';
import { ExchangeCapture } from '../../../proxy/shadow/capture.ts';
import type { Answer, Pair } from '../../../proxy/shadow/pair.ts';
import {
  defaultShadowLimits,
  type ShadowJob,
  type ShadowLimits,
  ShadowSender,
} from '../../../proxy/shadow/sender.ts';
import { sampleMigration, sampleUpstream } from '../routing/sample-routing.ts';

const upstream = sampleUpstream('catalog', 1);
const migration: Migration = sampleMigration('catalog', ['GET /a']);

function jobOf(id: string, answerBody = '', changes: Partial<ShadowJob> = {}): ShadowJob {
  const capture = new ExchangeCapture({ method: 'GET', target: '/a', fields: { flat: [] } }, 1000);
  capture.answerHead(200, []);
  capture.addToAnswer(Buffer.from(answerBody));
  const head = { method: 'GET', host: 'shop', lines: '' };
  const job = {
    id,
    requestId: id,
    again: undefined,
    migration,
    route: 'GET /a',
    upstream,
    target: `/${id}`,
    head,
    capture,
    controlMs: 5,
  };
  return { ...job, control: 'monolith', mode: 'compare', ...changes };
}

/** A sender whose copies are answered when the test says so. */
class Bench {
  readonly sent: string[] = [];
  readonly pairs: Pair[] = [];
  readonly dropped: string[] = [];
  readonly sender: ShadowSender;
  readonly #answers: ((answer: Answer) => void)[] = [];
  nowMs = 0;

  constructor(limits: Partial<ShadowLimits>) {
    this.sender = new ShadowSender({
      transmit: ({ target }) => {
        this.sent.push(target);
        return new Promise((resolve) => this.#answers.push(resolve));
      },
      deliver: (pair) => {
        this.pairs.push(pair);
        return true;
      },
      dropped: (id, reason) => this.dropped.push(`${id} ${reason}`),
      clock: { now: () => this.nowMs, monotonic: () => this.nowMs },
      limits: { ...defaultShadowLimits, maxInFlight: 1, maxQueued: 10, maxQueuedBytes: 1000, ...limits },
    });
  }

  /** Answers the copy that was sent first and is still under way. */
  async answer(): Promise<void> {
    this.#answers.shift()!({
      outcome: 'complete',
      status: 204,
      headers: [],
      body: new Uint8Array(),
      durationMs: 7,
    });
    await new Promise((turn) => setImmediate(turn));
  }
}

test('no more copies are under way at once than allowed; the next go as answers come, in order', async () => {
  const bench = new Bench({ maxInFlight: 2 });
  for (const id of ['1', '2', '3', '4']) bench.sender.submit(jobOf(id));
  assert.deepEqual(bench.sent, ['/1', '/2']);
  await bench.answer();
  assert.deepEqual(bench.sent, ['/1', '/2', '/3']);
  await bench.answer();
  assert.deepEqual(bench.sent, ['/1', '/2', '/3', '/4']);
});

test('more jobs than may wait drop the oldest, counted', async () => {
  const bench = new Bench({ maxQueued: 2 });
  for (const id of ['1', '2', '3', '4']) bench.sender.submit(jobOf(id));
  assert.deepEqual(bench.dropped, ['catalog queue_full']);
  for (let i = 0; i < 3; i++) await bench.answer();
  assert.deepEqual(bench.sent, ['/1', '/3', '/4']);
});

test('more bytes than may wait drop the oldest, counted', async () => {
  const bench = new Bench({ maxQueuedBytes: 1000 });
  for (const id of ['1', '2', '3', '4']) bench.sender.submit(jobOf(id, 'x'.repeat(400)));
  assert.deepEqual(bench.dropped, ['catalog queue_full']);
  for (let i = 0; i < 3; i++) await bench.answer();
  assert.deepEqual(bench.sent, ['/1', '/3', '/4']);
});

test('bytes of jobs that have left the queue no longer count', async () => {
  const bench = new Bench({ maxQueuedBytes: 1000 });
  bench.sender.submit(jobOf('1'));
  for (let i = 0; i < 10; i++) {
    bench.sender.submit(jobOf('more', 'x'.repeat(900)));
    await bench.answer();
  }
  assert.deepEqual(bench.dropped, []);
});

test('a pair says when its control ended, however long its copy waited', async () => {
  const bench = new Bench({});
  bench.sender.submit(jobOf('1'));
  bench.nowMs = 60_000;
  bench.sender.submit(jobOf('2'));
  bench.nowMs = 120_000;
  await bench.answer();
  await bench.answer();
  assert.deepEqual(
    bench.pairs.map(({ at }) => at),
    ['1970-01-01T00:00:00.000Z', '1970-01-01T00:01:00.000Z'],
  );
});

for (const [control, candidate] of [
  ['monolith', 'service'],
  ['service', 'monolith'],
] as const) {
  test(`with the ${control} as control, its answer stands on that side and the copy’s on the other`, async () => {
    const bench = new Bench({});
    bench.sender.submit(jobOf('1', 'x', { control }));
    await bench.answer();
    const pair = bench.pairs[0]!;
    assert.equal(pair.control, control);
    assert.deepEqual([pair[control].durationMs, pair[candidate].durationMs], [5, 7]);
  });
}

test('a request whose body was too large to keep is not sent, counted', () => {
  const bench = new Bench({});
  const job = jobOf('1');
  job.capture.requestBody.add(Buffer.alloc(1001));
  bench.sender.submit(job);
  assert.deepEqual([bench.sent, bench.dropped], [[], ['catalog request_too_large']]);
});

test('a body that is captured in pieces is whole, and its memory its own', () => {
  const { capture } = jobOf('1');
  const slab = Buffer.from('hello world');
  capture.requestBody.add(slab.subarray(0, 5));
  capture.requestBody.add(slab.subarray(5, 6));
  const { body } = capture.request()!;
  slab.fill('x');
  assert.equal(Buffer.from(body).toString(), 'hello ');
  assert.equal(body.buffer.byteLength, 6);
});

test('an answer that is begun again keeps nothing of the one before', () => {
  const { capture } = jobOf('1', 'from the service');
  capture.answerHead(404, ['X-A', '1']);
  capture.addToAnswer(Buffer.from('monolith'));
  const answer = capture.answer(1);
  assert.ok(answer.outcome === 'complete');
  assert.deepEqual([answer.status, Buffer.from(answer.body).toString()], [404, 'monolith']);
});
