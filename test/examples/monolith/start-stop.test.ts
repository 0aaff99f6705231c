import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { demoApiKey } from '../../../examples/monolith/paths.ts';
import { monolithData } from '../../support/monolith-data.ts';
import { startTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const main = fileURLToPath(new URL('../../../examples/monolith/main.ts', import.meta.url));

let database: TestDatabase;
before(async () => {
  database = await startTestDatabase(monolithData);
});
after(() => database.stop());

const start = (settings: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [main], { env: { PORT: '0', ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });

/** The address in the one line that says that it listens. */
async function listening(child: ChildProcess): Promise<URL> {
  assert.ok(child.stdout);
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  assert.match(line, /^The monolith listens on http:\/\/127\.0\.0\.1:\d+\n$/);
  return new URL(line.slice('The monolith listens on '.length).trim());
}

async function complaint(settings: Record<string, string>): Promise<string> {
  const child = start(settings);
  assert.ok(child.stderr);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.equal(code, 1);
  return said;
}

test('settings that are missing or bad, and a database or port that cannot be had, are named', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const cases: [settings: Record<string, string>, expected: RegExp][] = [
    [{}, /Set DATABASE_URL to the shop's Postgres, as in postgres:\/\//],
    [{ DATABASE_URL: 'mysql://x' }, /Set DATABASE_URL/],
    [{ DATABASE_URL: database.url, PORT: 'http' }, /PORT is "http"; set it to a number/],
    [
      { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/shop' },
      /Database 127\.0\.0\.1:1\/shop cannot be used \(connect ECONNREFUSED/,
    ],
    [
      { DATABASE_URL: database.url, PORT: String(port) },
      /cannot listen on 127\.0\.0\.1:\d+ \(.*EADDRINUSE.*set PORT/,
    ],
  ];
  for (const [settings, expected] of cases) {
    const said = await complaint(settings);
    assert.match(said, expected);
    assert.doesNotMatch(said, /secret/);
  }
  taken.close();
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends it within 2 s, with streams and sockets still open`, {
    timeout: 20_000,
  }, async (context) => {
    const child = start({ DATABASE_URL: database.url, API_KEYS: `other, ${demoApiKey}` });
    context.after(() => child.kill('SIGKILL'));
    const url = await listening(child);

    const events = sendRequest(new URL('/events/orders', url), {
      headers: { 'X-Api-Key': demoApiKey },
    }).end();
    const [stream] = (await once(events, 'response')) as [IncomingMessage];
    const slow = sendRequest(new URL('/reports/slow?ms=30000', url), {
      headers: { 'X-Api-Key': demoApiKey },
    }).end();
    const socket = new WebSocket(new URL('/ws/echo', url).href.replace('http', 'ws'));
    await once(socket, 'open');
    // A client that never reads: it cannot be ended, only cut.
    const stuck = sendRequest(new URL('/export/orders.csv', url), {
      headers: { 'X-Api-Key': demoApiKey },
    }).end();
    stuck.on('error', () => {});
    const [paused] = (await once(stuck, 'response')) as [IncomingMessage];
    paused.on('error', () => {});

    const signalledAt = performance.now();
    child.kill(signal);
    const [streamed, [closeCode], [slowAnswer], [exitCode]] = await Promise.all([
      text(stream),
      once(socket, 'close'),
      once(slow, 'response'),
      once(child, 'exit'),
    ]);
    assert.ok(performance.now() - signalledAt < 2000, `${performance.now() - signalledAt} ms`);
    assert.equal(exitCode, 0);
    assert.equal(closeCode, 1001);
    assert.match(streamed, /\n\n$/);
    assert.equal(slowAnswer.statusCode, 200);
  });
}
