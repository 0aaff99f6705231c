import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { runFicus, runHere } from './run-ficus.ts';

async function withServer(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A port on which nobody listens: it was free a moment ago. */
async function freeUrl(): Promise<string> {
  let url = '';
  await withServer(
    () => {},
    async (address) => {
      url = address;
    },
  );
  return url;
}

test('no Ficus at the address exits 1 and says how to start one or name another', async () => {
  const url = await freeUrl();
  const { stdout, stderr, exitCode } = await runFicus(['status', '--admin', url]);
  assert.equal(exitCode, 1);
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    `ficus: no Ficus answers at ${url} (connection refused): start it with \`ficus up\`, or name another with --admin\n`,
  );
  const json = await runHere(['status', '--admin', url, '--json']);
  assert.equal(json.exitCode, 1);
  assert.equal(JSON.parse(json.stdout).code, 'unreachable');
});

test('a host that does not exist is named as such', async () => {
  const { stderr, exitCode } = await runHere(['status', '--admin', 'http://ficus.invalid:8081']);
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    /no Ficus answers at http:\/\/ficus\.invalid:8081 \((no such host|the name can not be resolved now)\)/,
  );
});

test('a server that hangs up is no Ficus', async () => {
  await withServer(
    (request) => request.socket.destroy(),
    async (url) => {
      const { stderr, exitCode } = await runHere(['gate', 'catalog', '--admin', url]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^ficus: no Ficus answers at /);
    },
  );
});

const others: Record<string, RequestListener> = {
  'a page': (_request, response) => response.setHeader('content-type', 'text/html').end('<h1>Shop</h1>'),
  'a redirect': (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  'broken JSON': (_request, response) => response.setHeader('content-type', 'application/json').end('{"a":'),
  'JSON that is no object': (_request, response) =>
    response.setHeader('content-type', 'application/json').end('null'),
  'an error in another shape': (_request, response) =>
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"nope"}'),
};
for (const [name, listener] of Object.entries(others)) {
  test(`${name} in answer is not Ficus: exit 1`, async () => {
    await withServer(listener, async (url) => {
      // As a process once: it must end, although what came was not read.
      const run = name === 'a page' ? runFicus : runHere;
      const { stdout, stderr, exitCode } = await run(['gate', 'catalog', '--admin', url]);
      assert.equal(exitCode, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /^ficus: what answers at http:\S+ is not Ficus's admin plane \(/);
    });
  });
}

test('the token goes out as a bearer, the user as the actor, and a path of the URL is kept', async () => {
  const seen = Promise.withResolvers<{ url?: string; authorization?: string; actor?: unknown }>();
  await withServer(
    ({ url = '', headers }, response) => {
      seen.resolve({ url, authorization: headers.authorization ?? '', actor: headers['x-ficus-actor'] });
      response.setHeader('content-type', 'application/json').end('{"rows":0,"intact":true}');
    },
    async (url) => {
      await runHere(['audit', '--verify'], { FICUS_ADMIN_URL: `${url}/ficus/`, FICUS_TOKEN: 'abc.def' });
      const { url: path, authorization, actor } = await seen.promise;
      assert.equal(path, '/ficus/api/audit/verification');
      assert.equal(authorization, 'Bearer abc.def');
      assert.match(String(actor), /^cli:[\w.@-]+$/);
    },
  );
});

for (const command of [
  ['check', '--rules'],
  ['check', '--against', import.meta.filename],
]) {
  test(`${command.slice(0, 2).join(' ')} asks a Ficus that wants a login, it says so instead of going on without`, async () => {
    const problem = {
      title: 'A login is needed',
      status: 401,
      code: 'login_needed',
      detail: 'Send a token.',
    };
    await withServer(
      (_request, response) => {
        response.writeHead(401, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
      },
      async (url) => {
        const run = await runHere([...command, '--config', 'routes.yaml', '--admin', url]);
        assert.equal(run.exitCode, 1);
        assert.match(run.stderr, /Send a token/);
      },
    );
  });
}
