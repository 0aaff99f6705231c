import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { BodyCapture } from '../../../proxy/shadow/capture.ts';
import { HashBudget } from '../../../proxy/shadow/hash-budget.ts';
import type { Pair } from '../../../proxy/shadow/pair.ts';
import { PairOutbox, type ShadowBatch } from '../../../proxy/shadow/pair-outbox.ts';

describe('hashing large bodies', () => {
  let nowMs = 0;
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  const budget = (limits: Partial<HashBudget['limits']> = {}) =>
    new HashBudget(clock, { maxAtOnce: 1, maxBytes: 1000, bytesPerSecond: 1000, ...limits });

  test('a body over its limit has the hash of all its bytes, also of those that were kept before', () => {
    const body = new BodyCapture(10, budget());
    for (const piece of ['12345678', '90abc', 'def']) body.add(Buffer.from(piece));
    assert.equal(body.size, 0);
    body.seal();
    assert.deepEqual([body.length, body.tooLarge], [16, '']);
    assert.equal(body.sha256, createHash('sha256').update('1234567890abcdef').digest('hex'));
  });

  test('only so many are hashed at once; a place is free again when one is sealed or let go', () => {
    const shared = budget();
    const start = () => {
      const body = new BodyCapture(1, shared);
      body.add(Buffer.from('xy'));
      return body;
    };
    const first = start();
    assert.equal(start().tooLarge, 'over 1 bytes');
    first.seal();
    const second = start();
    assert.equal(second.tooLarge, '');
    second.discard();
    second.discard();
    assert.equal(start().tooLarge, '');
    assert.equal(start().tooLarge, 'over 1 bytes');
  });

  test('more bytes than may be hashed are given up', () => {
    const body = new BodyCapture(1, budget());
    body.add(Buffer.alloc(900));
    body.add(Buffer.alloc(101));
    assert.equal(body.tooLarge, 'over 1000 bytes');
  });

  test('bytes that come faster than they may be hashed say how long the next ones should wait', () => {
    const shared = budget({ maxBytes: 1e6 });
    assert.equal(shared.spend(1000), 0);
    assert.equal(shared.spend(500), 500);
    nowMs += 500;
    assert.equal(shared.spend(0), 0);
    assert.equal(shared.spend(100), 100);
  });
});

describe('pairs on their way to the control plane', () => {
  const pair = (bytes = 0): Pair => {
    const answer = { outcome: 'complete' as const, status: 200, headers: [], durationMs: 1 };
    return {
      id: '1',
      migration: 'm',
      route: 'GET /a',
      at: '',
      control: 'monolith',
      request: { method: 'GET', target: '/a', headers: [], body: new Uint8Array() },
      monolith: { ...answer, body: new Uint8Array(bytes) },
      service: { ...answer, body: new Uint8Array() },
    };
  };

  test('go in batches, and what is left goes soon', async () => {
    const sent: ShadowBatch[] = [];
    const outbox = new PairOutbox({
      send: (batch) => void sent.push(batch),
      limits: { batch: 3, batchMs: 1 },
    });
    for (let i = 0; i < 4; i++) assert.ok(outbox.addPair(pair()));
    assert.deepEqual(
      sent.map(({ pairs }) => pairs.length),
      [3],
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(
      sent.map(({ pairs }) => pairs.length),
      [3, 1],
    );
  });

  test('find no room while the channel takes none, by number or by bytes, and find it again', () => {
    const taken: (() => void)[] = [];
    const limits = { batch: 1, maxUnsent: 2, maxUnsentBytes: 10_000 };
    const outbox = new PairOutbox({ send: (_, onSent) => void taken.push(onSent), limits });
    assert.deepEqual(
      [outbox.addPair(pair()), outbox.addPair(pair()), outbox.addPair(pair())],
      [true, true, false],
    );
    taken.shift()!();
    assert.equal(outbox.addPair(pair(9000)), false);
    assert.equal(outbox.addPair(pair(100)), true);
  });

  test('of large heads find no room either, whether they are compared or not', () => {
    const taken: (() => void)[] = [];
    const outbox = new PairOutbox({
      send: (_, onSent) => void taken.push(onSent),
      limits: { batch: 1, maxUnsentBytes: 20_000 },
    });
    const { id, migration, route, at, control, request } = pair();
    const large = { ...request, headers: ['X-Large', 'x'.repeat(12_000)] };
    const facts = {
      id,
      migration,
      route,
      at,
      control,
      status: 200,
      headers: [],
      monolithMs: 1,
      serviceMs: 1,
    };
    assert.equal(outbox.addPair({ ...pair(), request: large }), true);
    assert.equal(outbox.addPair({ ...pair(), request: large }), false);
    assert.equal(outbox.addSame({ ...facts, request: large }), false);
    taken.shift()!();
    assert.equal(outbox.addSame({ ...facts, request: large }), true);
  });
});
