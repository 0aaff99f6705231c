import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAccess } from '../../../examples/monolith/access.ts';
import { createApp } from '../../../examples/monolith/app.ts';
import { openDatabase } from '../../../examples/monolith/db.ts';
import { login, type MonolithPath, monolithPaths } from '../../../examples/monolith/paths.ts';
import { openPsp } from '../../../examples/monolith/payments/psp.ts';
import { createSessions } from '../../../examples/monolith/sessions.ts';
import { conversations } from '../../../examples/monolith/web-sockets.ts';
import { type RawAnswer, sendRaw } from './send-raw.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

let monolith: TestMonolith;
let cookie: string;

before(async () => {
  monolith = await startTestMonolith();
  cookie = await login(monolith.url);
});
after(() => monolith.close());

type Layer = {
  route?: { path: string; stack: { method: string }[] };
  match(path: string): boolean;
};

const pathOf = (entry: MonolithPath) => entry.path.split('?')[0] ?? '';

test('every route of the app has an entry', () => {
  const sessions = createSessions('test', Date.now);
  const access = createAccess(sessions, []);
  const stopping = new AbortController().signal;
  const database = openDatabase('postgres://nobody@127.0.0.1:1/none');
  // Express' types leave out the method that its own router asks.
  const layers = createApp({ database, sessions, access, psp: openPsp(undefined), stopping }).router
    .stack as unknown as Layer[];
  const routes = layers.filter(({ route }) => route !== undefined);
  const missing: string[] = [];
  for (const { route } of routes) {
    for (const { method } of route?.stack ?? []) {
      const isReached = monolithPaths.some(
        // The first route that matches is the one that answers.
        (entry) => entry.method.toLowerCase() === method && firstMatch(entry, method) === route,
      );
      if (!isReached) missing.push(`${method} ${String(route?.path)}`);
    }
  }
  assert.ok(routes.length >= 50, `${routes.length} routes`);
  assert.deepEqual(missing, []);

  function firstMatch(entry: MonolithPath, method: string) {
    return routes.find(
      (layer) =>
        layer.match(pathOf(entry)) && layer.route?.stack.some((handler) => handler.method === method),
    )?.route;
  }
});

test('every WebSocket has an entry', () => {
  const listed = monolithPaths.filter(({ kind }) => kind === 'websocket').map(pathOf);
  assert.deepEqual(listed.sort(), Object.keys(conversations).sort());
});

test('names are unique', () => {
  assert.equal(new Set(monolithPaths.map(({ name }) => name)).size, monolithPaths.length);
});

test('each request sent twice gets the same bytes, apart from what it says may differ', async (context) => {
  for (const entry of monolithPaths.filter(({ kind }) => kind !== 'websocket')) {
    await context.test(entry.name, async () => {
      const [first, second] = [await send(entry), await send(entry)];
      assert.ok(first.status < 500 || entry.name.startsWith('SOAP, a fault'), `status ${first.status}`);
      assert.deepEqual(comparable(first, entry), comparable(second, entry));
    });
  }
});

const send = (entry: MonolithPath) =>
  sendRaw(monolith.port, {
    ...entry,
    headers: { ...entry.headers, ...(entry.login ? { Cookie: cookie } : {}) },
  });

function comparable(answer: RawAnswer, { mayDiffer = [] }: MonolithPath) {
  const skipped = ['date', ...mayDiffer.map((place) => place.replace('header:', ''))];
  const headers = answer.headerLines.filter(
    (line) => !skipped.includes(line.split(':')[0]?.toLowerCase() ?? ''),
  );
  return { status: answer.status, headers, body: comparableBody(answer.body, mayDiffer) };
}

function comparableBody(body: Buffer, mayDiffer: readonly string[]) {
  const keys = mayDiffer.filter((place) => place.startsWith('body:/')).map((place) => place.slice(6));
  if (keys.length === 0) return body.toString('latin1');
  const parsed: Record<string, unknown> = JSON.parse(body.toString());
  for (const key of keys) delete parsed[key];
  return parsed;
}
