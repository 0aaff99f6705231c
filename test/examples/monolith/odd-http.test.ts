import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { login } from '../../../examples/monolith/paths.ts';
import { sendRaw } from './send-raw.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

let monolith: TestMonolith;
before(async () => {
  monolith = await startTestMonolith();
});
after(() => monolith.close());

const ask = (path: string, method = 'GET') => sendRaw(monolith.port, { method, path });

for (const [path, spelling] of [
  ['/legacy/pricelist', 'plain'],
  ['/legacy//pricelist', 'double slash'],
  ['/legacy/pricelist;v=1', 'matrix v=1'],
  ['/legacy/pricelist;v=1;lang=de', 'matrix v=1;lang=de'],
] as const) {
  test(`${path} is a large page that shows how it was asked for`, async () => {
    const answer = await ask(path);
    assert.equal(answer.status, 200);
    assert.ok(answer.body.length > 100_000);
    assert.ok(answer.body.toString().includes(`Asked for as <code>${path}</code> (${spelling})`));
  });
}

test('a path arrives as it was sent, and a segment as it was meant', async () => {
  const answer = await ask("/legacy/echo/a%2Fb;v=1,$&'()*+:@!~%C3%BC?x=1&x=2&y=%2F");
  assert.deepEqual(JSON.parse(answer.body.toString()), {
    URL: "/legacy/echo/a%2Fb;v=1,$&'()*+:@!~%C3%BC?x=1&x=2&y=%2F",
    SEGMENT: "a/b;v=1,$&'()*+:@!~ü",
    QUERY: { x: ['1', '2'], y: '/' },
  });
});

test('an escape that is none: 400', async () => {
  assert.equal((await ask('/legacy/echo/%zz')).status, 400);
});

test('ISO-8859-1 in a header and in a body comes as single bytes', async () => {
  const answer = await ask('/legacy/imprint');
  // Decoded byte for byte: in UTF-8 the ü would be two characters.
  assert.deepEqual(answer.values('X-Shop'), ['Müller & Söhne']);
  assert.deepEqual(answer.values('Content-Type'), ['text/plain; charset=ISO-8859-1']);
  assert.match(answer.body.toString('latin1'), /^Müller & Söhne, Große Straße 1/);

  const cookie = await login(monolith.url);
  const invoice = await sendRaw(monolith.port, { path: '/invoices/17.txt', headers: { Cookie: cookie } });
  assert.match(invoice.body.toString('latin1'), /fällig[\s\S]*Für Rückfragen/);
});

test('the heartbeat: 204 without a body', async () => {
  const answer = await ask('/heartbeat');
  assert.equal(answer.status, 204);
  assert.equal(answer.body.length, 0);
  assert.deepEqual(answer.values('Content-Length'), []);
});

test('an offer to upgrade to something else than a WebSocket is ignored', async () => {
  const headers = {
    Connection: 'close, Upgrade, HTTP2-Settings',
    Upgrade: 'h2c',
    'HTTP2-Settings': 'AAMAAABkAAQAAP__',
  };
  assert.equal((await sendRaw(monolith.port, { path: '/heartbeat', headers })).status, 204);
});

test('a body without length or chunks ends with the connection, even of a client that would keep it', async () => {
  const socket = connect(monolith.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /legacy/batch-log HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n');
  const [head = '', body = ''] = (await buffer(socket)).toString().split('\r\n\r\n');
  assert.match(head, /^Connection: close$/m);
  assert.doesNotMatch(head, /Content-Length|Transfer-Encoding/);
  assert.equal(body.split('\n').length, 201);
});

test('a redirect for good is absolute', async () => {
  const answer = await ask('/legacy/catalogue');
  assert.equal(answer.status, 301);
  assert.deepEqual(answer.values('Location'), [`http://127.0.0.1:${monolith.port}/legacy/pricelist`]);
});

for (const [path, allow] of [
  ['/api/products', 'GET, HEAD, POST'],
  ['/api/products/P-000001', 'DELETE, GET, HEAD'],
  ['/api/customers/7', 'GET, HEAD, PATCH'],
  ['/api/orders/7/status', 'PUT'],
  ['/files/terms.txt', 'DELETE, GET, HEAD, PUT'],
] as const) {
  test(`OPTIONS ${path} allows ${allow}`, async () => {
    const answer = await ask(path, 'OPTIONS');
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.values('Allow'), [allow]);
  });
}

for (const path of [
  '/api/products',
  '/legacy/pricelist',
  '/login',
  '/static/shop.css',
  '/soap/invoices?wsdl',
]) {
  test(`HEAD ${path} has the headers of GET and no body`, async () => {
    const [get, head] = [await ask(path), await ask(path, 'HEAD')];
    const lines = (answer: typeof get) => answer.headerLines.filter((line) => !line.startsWith('Date:'));
    assert.deepEqual(lines(head), lines(get));
    assert.equal(head.body.length, 0);
  });
}
