import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createAdminApp, createEvents } from '../../../proxy/admin/admin-app.ts';
import type { ApiEvent } from '../../../proxy/admin/api-types.ts';
import { changesBetween, signatureChanges } from '../../../proxy/admin/events/changes.ts';
import { EventRing } from '../../../proxy/admin/events/event-ring.ts';
import { type EventLimits, EventStreams, eventLimits } from '../../../proxy/admin/events/event-streams.ts';
import type { Login } from '../../../proxy/admin/login/authenticate.ts';
import { Sessions } from '../../../proxy/admin/login/session.ts';
import { readTokenFile } from '../../../proxy/admin/login/token-file.ts';
import { TokenLogin } from '../../../proxy/admin/login/token-login.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { hashOf } from './login/hash-of.ts';
import { catalogStatus } from './sample-data.ts';

const latch = { at: '2026-11-20T12:00:00Z', kind: 'errors', reason: 'too many', numbers: {} } as const;
const killOff = { on: false, text: 'off', warnings: [] };
const config = { hash: 'a', problems: [] };
const readiness = (up: boolean) => ({ ready: true, parts: { routes: { up: true }, postgres: { up } } });
const facts = { migrations: [catalogStatus], kill: killOff, config, readiness: readiness(true) };

test('nothing but counts is another one, there is no event', () => {
  const counted = { ...catalogStatus, pairs: { ...catalogStatus.pairs, agreed: 9_999 }, holds: ['fewer'] };
  assert.deepEqual(changesBetween(facts, { ...facts, migrations: [counted] }), []);
});

test('what stands is another, each change is one event', () => {
  const { phase, shadowShare, gate } = catalogStatus;
  const share = { asked: 25, allowed: 25, effective: 25 };
  const moved = { ...catalogStatus, share, revision: 99, latch };
  const now = {
    migrations: [moved],
    kill: { on: true, text: 'on', warnings: [] },
    config: { ...config, problems: ['routes.yaml:1:1 no'] },
    readiness: readiness(false),
  };
  assert.deepEqual(changesBetween(facts, now), [
    { type: 'migration', migration: 'catalog', now: { phase, share, shadowShare, gate, revision: 99 } },
    { type: 'guard', migration: 'catalog', state: 'tripped', latch },
    { type: 'kill', on: true, text: 'on' },
    { type: 'config', hash: 'a', problems: ['routes.yaml:1:1 no'] },
    { type: 'parts', ready: true, away: ['postgres'] },
  ]);
  assert.deepEqual(changesBetween(now, { ...now, migrations: [{ ...moved, latch: undefined! }] }).at(-1), {
    type: 'guard',
    migration: 'catalog',
    state: 'cleared',
  });
  assert.deepEqual(changesBetween(facts, { ...facts, migrations: [] }), [
    { type: 'migration', migration: 'catalog' },
  ]);
});

test('another replica goes by another routes.yaml, that is an event; that it was seen is none', () => {
  const replica = (hash: string, seenAt: string) => ({
    ...config,
    replicas: [{ replica: 'b', hash, startedAt: '2026-11-20T11:00:00.000Z', seenAt }],
  });
  const before = { ...facts, config: replica('a', '2026-11-20T12:00:00Z') };
  assert.deepEqual(changesBetween(before, { ...facts, config: replica('a', '2026-11-20T12:00:02Z') }), []);
  assert.deepEqual(changesBetween(before, { ...facts, config: replica('b', '2026-11-20T12:00:02Z') }), [
    { type: 'config', hash: 'a', problems: [] },
  ]);
});

test('thousands of signatures are new at once, twenty are named and all are counted', () => {
  const many = new Map(Array.from({ length: 2_000 }, (_, at) => [`s${at}`, 'unjudged' as const]));
  const event = signatureChanges('catalog', new Map([['old', 'bug']]), many);
  assert.ok(event?.type === 'signatures');
  assert.equal(event.added, 2_000);
  assert.equal(event.newest.length, 20);
  assert.equal(event.changed, 1);
  assert.equal(signatureChanges('catalog', many, many), undefined);
});

test('the ring is full, the oldest is forgotten and whoever was there has to begin anew', () => {
  const ring = new EventRing(3);
  const begin = ring.newestId;
  const ids = [1, 2, 3, 4].map((seq) => ring.add({ ...beat, at: `${seq}` }).id);
  assert.equal(ring.after(begin), undefined);
  assert.deepEqual(
    ring.after(ids[0]!)?.map(({ id }) => id),
    ids.slice(1),
  );
  assert.deepEqual(ring.after(ids[3]!), []);
  for (const id of ['', 'x', '00-1', `${ids[3]}9`, new EventRing().newestId])
    assert.equal(ring.after(id), undefined, id);
  ring.restart();
  assert.equal(ring.after(ids[3]!), undefined);
});
const beat = { type: 'beat', at: '' } as const;

test('a migration is moved and a signature judged, every stream is told at once, and by id only of what it missed', async (t) => {
  const { url, estate, post, feed } = await start(t);
  const [one, other] = [await listen(t, url), await listen(t, url)];
  assert.equal((await one.next()).event.type, 'here');
  assert.equal((await other.next()).event.type, 'here');
  // The audit's end is known by then.
  await feed.look();

  await post('/api/migrations/catalog/rollback', { reason: 'errors in the shop' });
  const moved = await one.next();
  assert.deepEqual(moved.event.type === 'migration' && moved.event.now?.phase, 'monolith');
  const { event: row } = await one.next();
  assert.deepEqual([row.type, row.type === 'audit' && row.action], ['audit', 'rollback']);
  assert.deepEqual((await other.next()).id, moved.id);

  estate.auditRows.unshift({
    ...estate.auditRows[0]!,
    seq: 2,
    action: 'verdict',
    detail: { signature: 's1', verdict: 'expected' },
  });
  await feed.look();
  await one.next();
  const { event: verdict } = await one.next();
  assert.deepEqual(verdict, {
    ...{ type: 'verdict', migration: 'catalog', signature: 's1', verdict: 'expected', actor: 'api' },
  });

  const again = await listen(t, url, { 'last-event-id': moved.id! });
  const types = [];
  for (let at = 0; at < 4; at++) types.push((await again.next()).event.type);
  assert.deepEqual(types, ['audit', 'audit', 'verdict', 'here']);
});

test('what changes while nobody listens is told to whoever comes back', async (t) => {
  const { url, estate, streams } = await start(t);
  const first = await listen(t, url);
  const { id } = await first.next();
  await first.close();
  while (streams.size > 0) await new Promise((resolve) => setImmediate(resolve));
  estate.migrations.set('catalog', { ...catalogStatus, latch, revision: 77 });
  const back = await listen(t, `${url}?after=${id}`);
  assert.deepEqual([(await back.next()).event.type, (await back.next()).event.type], ['migration', 'guard']);
});

test('an id is not known here, one reset is sent, with an id to go on from', async (t) => {
  const { url } = await start(t);
  const stream = await listen(t, url, { 'last-event-id': 'feedfeedfeed-7' });
  const { event, id } = await stream.next();
  assert.equal(event.type, 'reset');
  const next = await listen(t, url, { 'last-event-id': id! });
  assert.equal((await next.next()).event.type, 'here');
});

test('a page of another origin asks, it is refused; so is a stream too many, with when to ask again', async (t) => {
  const { url } = await start(t, { maxPerAddress: 1 });
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    const refused = await fetch(url, { headers });
    assert.equal(refused.status, 403);
    assert.equal(((await refused.json()) as { code: string }).code, 'foreign_origin');
  }
  // Its answer would wait for a body that never comes.
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 405);
  const only = await listen(t, url);
  const second = await fetch(url);
  assert.deepEqual([second.status, second.headers.get('retry-after')], [429, '15']);
  assert.equal(((await second.json()) as { code: string }).code, 'rate_limited');
  await only.close();
  // Its place is free once its end was seen here.
  let again = await fetch(url);
  while (again.status === 429) again = await fetch(url);
  await again.body?.cancel();
});

test('a login ends, so does the stream, with the next beat', async (t) => {
  let tokens = readTokenFile(
    'tokens.yaml',
    `tokens: [{ name: kim, role: viewer, sha256: ${hashOf('kim')} }]`,
  );
  const login = {
    tokens: new TokenLogin({ tokens: () => tokens, clock: systemClock }),
    sessions: new Sessions(randomBytes(32), () => systemClock.now()),
    oidc: undefined,
  };
  const { url } = await start(t, { beatEveryMs: 20 }, login);
  assert.equal((await fetch(url)).status, 401);
  const stream = await listen(t, url, { authorization: 'Bearer kim' });
  while ((await stream.next()).event.type !== 'beat');
  tokens = [];
  await stream.untilEnd();
});

test('a reader takes nothing, it is cut off and holds nothing', async (t) => {
  const { url, feed, estate, streams } = await start(t, { maxWaitingBytes: 10_000 });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.pause();
  const closed = once(socket, 'close');
  socket.write(`GET /api/events HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`);
  while (streams.size === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let revision = 100; streams.size > 0; revision++) {
    const text = 'x'.repeat(100_000);
    estate.migrations.set('catalog', {
      ...catalogStatus,
      revision,
      latch: { ...latch, at: text + revision },
    });
    await feed.look();
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.resume();
  await closed;
});

test('Ficus stops, streams end', async (t) => {
  const { url, streams } = await start(t);
  const stream = await listen(t, url);
  await stream.next();
  streams.close();
  await stream.untilEnd();
  assert.equal((await fetch(url)).status, 429);
});

async function start(t: TestContext, limits: Partial<EventLimits> = {}, login?: Login) {
  const estate = new InMemoryEstate();
  const deps = estate.deps();
  const { feed } = createEvents(deps);
  const streams = new EventStreams(feed, systemClock, { ...eventLimits, ...limits });
  const server = createServer(
    createAdminApp(deps, { events: { feed, streams }, login, validateResponses: true }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    streams.close();
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    assert.equal(
      (await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) })).status,
      200,
    );
  };
  return { url: `${base}/api/events`, estate, feed, streams, post };
}

/** Reads a stream event by event, as a browser does. */
async function listen(t: TestContext, url: string, headers: Record<string, string> = {}) {
  const aborter = new AbortController();
  const response = await fetch(url, { headers, signal: aborter.signal });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  t.after(() => aborter.abort());
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  async function block(): Promise<string | undefined> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const whole = text.slice(0, end);
        text = text.slice(end + 2);
        return whole;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  }
  return {
    async next(): Promise<{ id: string | undefined; event: ApiEvent }> {
      for (;;) {
        const lines = (await block())?.split('\n');
        assert.ok(lines, 'the stream has ended');
        const field = (name: string) =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const data = field('data');
        if (data === undefined) continue;
        const event: ApiEvent = JSON.parse(data);
        assert.equal(field('event'), event.type);
        return { id: field('id'), event };
      }
    },
    async untilEnd(): Promise<void> {
      while ((await block()) !== undefined);
    },
    close: () => reader.cancel().catch(() => {}),
  };
}
