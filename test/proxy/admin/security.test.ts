import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { rawRequest, withAdmin } from './started-admin.ts';

const order = JSON.stringify({ reason: 'forged' });
const write = (headers: string[], body = order) =>
  [
    'POST /api/migrations/catalog/rollback HTTP/1.1',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...headers,
    '',
    body,
  ].join('\r\n');

test('every answer forbids framing, sniffing, storing and running anything, and grants no origin', async () => {
  const client = adminClient(new InMemoryEstate());
  for (const path of ['/', '/api/migrations', '/api/nowhere', '/metrics']) {
    const { headers } = await client.get(path).set('Origin', 'http://evil.example');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(headers['content-security-policy'] ?? '', /^default-src 'none'/);
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['x-powered-by'], undefined);
  }
});

test('a Host that is not a loopback name with our port is a 421: DNS rebinding', async () => {
  await withAdmin(async ({ url, port }) => {
    const wrong = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      'localhost:1',
      `localhost.evil:${port}`,
    ];
    for (const host of wrong) {
      const answer = await rawRequest(
        url,
        `GET /api/migrations HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 421 /, host);
      assert.match(answer, /"code":"wrong_host"/);
      assert.doesNotMatch(answer, /"phase"/);
    }
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
      const answer = await rawRequest(
        url,
        `GET /api/migrations HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 200 /, host);
    }
  });
});

test('two Hosts, no Host and an absolute target are refused', async () => {
  await withAdmin(async ({ url, port }) => {
    const heads = [
      `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nHost: evil.example`,
      'GET / HTTP/1.0',
      `GET http://localhost:${port}/ HTTP/1.1\r\nHost: localhost:${port}`,
      `GET /api/migrations/catalog#/x HTTP/1.1\r\nHost: localhost:${port}`,
    ];
    for (const head of heads) {
      assert.match(
        await rawRequest(url, `${head}\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1\.1 4(00|21) /,
        head,
      );
    }
  });
});

test('a write from a page of another origin is a 403 and moves nothing', async () => {
  await withAdmin(async ({ url, port, estate }) => {
    const own = [`Host: 127.0.0.1:${port}`, 'Content-Type: application/json'];
    const foreign = [
      ['Origin: http://evil.example'],
      ['Origin: null'],
      [`Origin: http://localhost:${port}`],
      [`Origin: https://127.0.0.1:${port}`],
      ['Sec-Fetch-Site: cross-site'],
      ['Sec-Fetch-Site: same-site'],
    ];
    for (const headers of foreign) {
      const answer = await rawRequest(url, write([...own, ...headers]));
      assert.match(answer, /^HTTP\/1\.1 403 [\s\S]*"code":"foreign_origin"/, headers.join());
    }
    assert.equal(estate.migrations.get('catalog')?.phase, 'canary');
    const answer = await rawRequest(
      url,
      write([...own, `Origin: http://127.0.0.1:${port}`, 'Sec-Fetch-Site: same-origin']),
    );
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });
});

for (const type of [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
]) {
  test(`a write of type "${type}" is a 415 and moves nothing`, async () => {
    await withAdmin(async ({ url, port, estate }) => {
      const headers = [`Host: 127.0.0.1:${port}`, ...(type ? [`Content-Type: ${type}`] : [])];
      const answer = await rawRequest(url, write(headers));
      assert.match(answer, /^HTTP\/1\.1 415 [\s\S]*"code":"wrong_content_type"[^}]*Send writes with/);
      assert.equal(estate.migrations.get('catalog')?.phase, 'canary');
    });
  });
}

test('a body over 64 KiB is a 413', async () => {
  const reason = 'x'.repeat(64 * 1024);
  const { post } = adminClient(new InMemoryEstate());
  const response = await post('/api/migrations/catalog/rollback', { reason }).expect(413);
  assert.equal(response.body.code, 'body_too_large');
});

test('a body that is no JSON, or compressed, is refused', async () => {
  const { agent } = adminClient(new InMemoryEstate());
  const broken = await agent
    .post('/api/migrations/catalog/rollback')
    .set('content-type', 'application/json')
    .send('{"reason":')
    .expect(400);
  assert.equal(broken.body.code, 'invalid_request');
  const compressed = await agent
    .post('/api/migrations/catalog/rollback')
    .set({ 'content-type': 'application/json', 'content-encoding': 'gzip' })
    .send('{}')
    .expect(415);
  assert.equal(compressed.body.code, 'wrong_content_type');
});

test('a write without a body needs the content type too: a form can send that', async () => {
  await withAdmin(async ({ url, port }) => {
    const head = `POST /api/migrations/catalog/promote HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0`;
    assert.match(await rawRequest(url, `${head}\r\nConnection: close\r\n\r\n`), /^HTTP\/1\.1 415 /);
  });
});

test('a refused body that has not come yet is not waited for: the connection closes', async () => {
  await withAdmin(async ({ url }) => {
    const head =
      'POST /api/migrations/catalog/rollback HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 60000';
    assert.match(await rawRequest(url, `${head}\r\n\r\n{`), /^HTTP\/1\.1 421 [\s\S]*connection: close/i);
  });
});

test('the unread rest of a refused body is not read as a request', async () => {
  await withAdmin(async ({ url, port, estate }) => {
    const inner = write([`Host: 127.0.0.1:${port}`, 'Content-Type: application/json']);
    const answer = await rawRequest(
      url,
      write([`Host: evil.example`, 'Content-Type: application/json'], inner),
    );
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1);
    assert.match(answer, /^HTTP\/1\.1 421 /);
    assert.equal(estate.migrations.get('catalog')?.phase, 'canary');
  });
});

test('a method that a path does not take is a 405 that says which it takes; TRACE and preflights too', async () => {
  const { agent } = adminClient(new InMemoryEstate());
  const deleted = await agent
    .delete('/api/migrations/catalog')
    .set('content-type', 'application/json')
    .expect(405);
  assert.equal(deleted.headers['allow'], 'GET');
  assert.equal(deleted.body.code, 'method_not_allowed');
  const preflight = await agent.options('/api/migrations/catalog/rollback').expect(405);
  assert.equal(preflight.headers['access-control-allow-methods'], undefined);
  await agent.trace('/').set('content-type', 'application/json').expect(405);
});
