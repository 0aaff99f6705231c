import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pool } from 'pg';
import request from 'supertest';
import type { ContractMessages } from '../../../extracted-services/service-kit/contract-messages.ts';
import { createShelf } from './shelf.ts';

const path = '/.well-known/ficus/messages';
const ask = { description: 'a book is there' };

/** A pool that counts its clients; of queries, only the last one has rows. */
function createParts(add: () => Promise<void>) {
  const held = { now: 0, most: 0 };
  const row = { position: '1', event_id: 'e', type: 'book.added', subject: 'b', data: {}, time: new Date(0) };
  const client = {
    query: async () => ({ rows: [row] }),
    escapeIdentifier: (name: string) => name,
    release: () => held.now--,
  };
  const connect = async () => {
    held.most = Math.max(held.most, ++held.now);
    return client;
  };
  const pool = { connect } as unknown as Pool;
  const messages = { 'a book is there': { type: 'book.added', add } };
  return { held, contractMessages: { pool, schema: 'shelf', messages } satisfies ContractMessages };
}

test('messages are made one at a time; beyond ten that wait, the answer is 503', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { held, contractMessages } = createParts(() => gate);
  const { app } = await createShelf({ contractMessages });
  const asked = Array.from({ length: 12 }, () => request(app).post(path).send(ask));
  let refused = 0;
  const all = asked.map(async (one) => {
    const { status } = await one;
    // Those that wait are let go once nobody else is refused.
    if (status === 503 && ++refused === 2) open();
    return status;
  });
  const statuses = (await Promise.all(all)).toSorted();
  assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 200), 503, 503]);
  assert.deepEqual(held, { now: 0, most: 1 });
});

test('who asks for a message is in the log; a copy of a write is none of it', async () => {
  const { contractMessages } = createParts(async () => {});
  const { app, lines } = await createShelf({ contractMessages });
  await request(app).post(path).send(ask).expect(200);
  await request(app).post(path).set('Ficus-Shadow', 'compare').send(ask).expect(501);
  const logged = lines.filter((line) => line['path'] === path).map(({ status }) => status);
  assert.deepEqual(logged, [200, 501]);
});
