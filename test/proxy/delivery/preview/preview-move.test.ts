import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewMove } from '../../../../proxy/delivery/preview/preview-move.ts';
import { AskingHistory, type RecentAsking } from '../../../../proxy/delivery/preview/recent-asking.ts';

const migration = {
  id: 'catalog',
  service: 'catalog',
  stickBy: [
    { from: 'header', name: 'x-user-id' },
    { from: 'cookie', name: 'sid' },
  ],
  canary: { steps: [1, 5, 25, 50, 100], holdMinutes: 15, minRequests: 1000 },
  routes: [],
} as const;

/** A user in each bucket, who asks once, but the one in bucket 10, who asks 101 times. */
const asking: RecentAsking = {
  minutes: 10,
  requests: 220,
  routes: new Map([
    ['GET /rare', 20],
    ['GET /often', 200],
  ]),
  users: new Map(Array.from({ length: 100 }, (_, hash) => [hash, hash === 9 ? 101 : 1])),
  byChance: 0,
  unknown: 20,
  complete: true,
};

test('users between two shares change sides with as many requests as they made, and those below stay in', () => {
  const preview = previewMove(migration, { from: 5, to: 25 }, asking);
  assert.deepEqual(preview.changing, { users: 20, requestsPerMinute: 12, to: 'service' });
  assert.deepEqual(preview.stayingAtService, { users: 5, requestsPerMinute: 0.5 });
  assert.deepEqual(preview.stayingAtMonolith, { users: 75, requestsPerMinute: 9.5 });
  assert.deepEqual(preview.routes, [
    { route: 'GET /often', requestsPerMinute: 20, changingPerMinute: 11 },
    { route: 'GET /rare', requestsPerMinute: 2, changingPerMinute: 1.1 },
  ]);
  assert.deepEqual(preview.sentences, [
    'Of 100 users seen in the last 10 minutes, about 20 users with 12 requests a minute would go to catalog.',
    'Who is in at 5 % stays in: 5 users of these.',
    '2 requests a minute have no header x-user-id or cookie sid: they stay with the monolith until it is 100 %.',
  ]);
});

test('a way over steps names them; what recognises nobody moves only with everybody', () => {
  const preview = previewMove(migration, { from: 5, to: 100 }, asking);
  assert.deepEqual(preview.heldSteps, [25, 50]);
  assert.equal(preview.changing.requestsPerMinute, 22);
  assert.match(preview.sentences.join('\n'), /they would go to catalog, too/);
  assert.match(
    preview.sentences.join('\n'),
    /by way of 25 %, 50 %, each held for 15 minutes and 1,000 requests/,
  );
});

test('a way back says who goes to the monolith', () => {
  const preview = previewMove(migration, { from: 25, to: 0 }, asking);
  assert.deepEqual(preview.changing, { users: 25, requestsPerMinute: 13, to: 'monolith' });
  assert.deepEqual(preview.heldSteps, []);
});

test('a share below 1 % counts users of the first bucket in part', () => {
  const many = new Map(Array.from({ length: 1000 }, (_, index) => [index * 100, 1]));
  const preview = previewMove(
    migration,
    { from: 0, to: 0.1 },
    { ...asking, users: many, unknown: 0, requests: 1000 },
  );
  assert.equal(preview.changing.users, 100);
});

test('nobody asked yet: it says that it does not know', () => {
  const none = { ...asking, minutes: 0, requests: 0, routes: new Map(), users: new Map(), unknown: 0 };
  const preview = previewMove(migration, { from: 0, to: 5 }, none);
  assert.equal(preview.changing.users, 0);
  assert.match(preview.sentences[0] ?? '', /not known/);
});

test('what is older than ten minutes is forgotten, and users beyond the sample make it incomplete', () => {
  let now = 0;
  const history = new AskingHistory({ now: () => now, monotonic: () => now });
  const counts = (requests: number) => ({
    monolith: { requests, errors: 0, latency: [] },
    service: { requests: 0, errors: 0, latency: [] },
    fallbacks: 0,
    statuses: { 'GET /often': [0, 0, requests, 0, 0, 0] },
  });
  history.add('catalog', counts(3));
  history.addUsers('catalog', { users: [7, 7, 8], byChance: 0, unknown: 0 });
  now = 120_000;
  assert.deepEqual(
    history.read('catalog').users,
    new Map([
      [7, 2],
      [8, 1],
    ]),
  );
  assert.equal(history.read('catalog').complete, true);
  assert.equal(history.read('catalog').minutes, 2);
  history.add('catalog', counts(100));
  history.addUsers('catalog', { users: [9], byChance: 0, unknown: 0 });
  assert.equal(history.read('catalog').complete, false);
  now = 601_000;
  assert.deepEqual([...history.read('catalog').users], [[9, 1]]);
  assert.equal(history.read('catalog').routes.get('GET /often'), 100);
});
