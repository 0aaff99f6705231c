import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import type { RawMessage } from '../../support/raw-message.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

interface Refusal {
  readonly answer: RawMessage;
  readonly failures: Readonly<Record<string, number>>;
}

/** Sends a request that must not reach the upstream, and whose connection must not carry another. */
async function refusalOf(request: string): Promise<Refusal> {
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  const answer = await client.ask(
    `${request}GET /next HTTP/1.1\r\nHost: shop\r\n\r\n`,
    request.split(' ', 1)[0],
  );
  assert.equal(await client.ending(), 'closed');
  assert.equal(client.unread.toString('latin1'), '', 'nothing after the answer');
  assert.deepEqual([upstream.requests.length, upstream.leftOver], [0, ''], 'nothing at the upstream');
  return { answer, failures: proxy.takeReport().failures };
}

const head = (...lines: string[]) =>
  `POST /a HTTP/1.1\r\nHost: shop\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const get = (target: string, ...lines: string[]) =>
  `GET ${target} HTTP/1.1\r\n${(lines.length ? lines : ['Host: shop']).map((line) => `${line}\r\n`).join('')}\r\n`;

const refused: [status: number, name: string, request: string][] = [
  [400, 'no Host', 'GET /a HTTP/1.1\r\nX-A: 1\r\n\r\n'],
  [400, 'a dry run from outside', head('Ficus-Shadow: dry-run', 'Content-Length: 0')],
  [400, 'an empty Host', get('/a', 'Host:')],
  [400, 'two Hosts', get('/a', 'Host: shop', 'Host: evil')],
  [400, 'the same Host twice', get('/a', 'Host: shop', 'Host: shop')],
  [400, 'a Host with a user', get('/a', 'Host: user@shop')],
  [400, 'a Host with a path', get('/a', 'Host: shop/evil')],
  [400, 'a Host with a space', get('/a', 'Host: shop evil')],
  [400, 'a list of Hosts', get('/a', 'Host: shop, evil')],
  [400, 'a Host with a quote', get('/a', 'Host: sh"op')],
  [400, 'a Host with a fragment', get('/a', 'Host: shop#evil')],
  [400, 'a Host with bytes beyond ASCII', get('/a', 'Host: sh\xf6p')],
  [400, 'a Host whose port is no number', get('/a', 'Host: shop:http')],
  [400, 'a Host with a NUL', get('/a', 'Host: sh\0op')],
  [400, 'a fragment in the target', get('/a#b')],
  [400, 'a fragment before the path', get('/#/../admin')],
  [400, 'a target without a slash', get('a')],
  [400, 'an asterisk for GET', get('*')],
  [400, 'an absolute target of another host', get('http://evil/a')],
  [400, 'an absolute target with a user', get('http://shop@evil/a')],
  [400, 'an absolute target of another scheme', get('ftp://shop/a')],
  [400, 'a space in the target', get('/a b')],
  [400, 'bytes beyond ASCII in the target', get('/caf\xe9')],
  [400, 'a NUL in the target', get('/a\0b')],
  [400, 'a folded header', get('/a', 'Host: shop', 'X-A: 1', ' folded')],
  [400, 'a space before a colon', get('/a', 'Host: shop', 'X-A : 1')],
  [400, 'a header without a colon', get('/a', 'Host: shop', 'X-A')],
  [400, 'LF alone between headers', 'GET /a HTTP/1.1\r\nHost: shop\nX-A: 1\r\n\r\n'],
  [400, 'CR alone between headers', 'GET /a HTTP/1.1\r\nHost: shop\rX-A: 1\r\n\r\n'],
  [400, 'a control character in a value', get('/a', 'Host: shop', 'X-A: a\x01b')],
  [400, 'Content-Length and Transfer-Encoding', head('Content-Length: 5', 'Transfer-Encoding: chunked')],
  [400, 'Transfer-Encoding and Content-Length', head('Transfer-Encoding: chunked', 'Content-Length: 5')],
  [400, 'two different Content-Length', head('Content-Length: 5', 'Content-Length: 6')],
  [400, 'the same Content-Length twice', head('Content-Length: 0', 'Content-Length: 0')],
  [400, 'a list as Content-Length', head('Content-Length: 0, 0')],
  [400, 'a signed Content-Length', head('Content-Length: +0')],
  [400, 'an empty Content-Length', head('Content-Length:')],
  [400, 'a hexadecimal Content-Length', head('Content-Length: 0x0')],
  [400, 'a Content-Length beyond 64 bits', head('Content-Length: 99999999999999999999')],
  [400, 'a Content-Length of 16 digits', head('Content-Length: 1000000000000000')],
  [501, 'an unknown Transfer-Encoding before chunked', head('Transfer-Encoding: gzip, chunked')],
  [501, 'an unknown Transfer-Encoding alone', head('Transfer-Encoding: gzip')],
  [400, 'chunked before another Transfer-Encoding', head('Transfer-Encoding: chunked, gzip')],
  [400, 'chunked twice', head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  [400, 'a Transfer-Encoding with a vertical tab', head('Transfer-Encoding: \x0bchunked')],
  [
    400,
    'Transfer-Encoding in HTTP/1.0',
    'POST /a HTTP/1.0\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n',
  ],
  [417, 'an unknown Expect', head('Content-Length: 0', 'Expect: 200-ok')],
  [505, 'HTTP/1.2', 'GET /a HTTP/1.2\r\nHost: shop\r\n\r\n'],
  [505, 'HTTP/2.0', 'GET /a HTTP/2.0\r\nHost: shop\r\n\r\n'],
  [505, 'HTTP/0.9 with a version', 'GET /a HTTP/0.9\r\nHost: shop\r\n\r\n'],
  [400, 'HTTP/0.9', 'GET /a\r\n\r\n'],
  [400, 'a method of 33 letters', `${'X'.repeat(33)} /a HTTP/1.1\r\nHost: shop\r\n\r\n`],
  [400, 'a method that is no token', 'GE(T /a HTTP/1.1\r\nHost: shop\r\n\r\n'],
  [400, 'a Content-Length with a leading zero', head('Content-Length: 05')],
  [400, 'an unheard-of Transfer-Encoding', head('Transfer-Encoding: xchunked')],
  [400, 'a method in lower case', 'get /a HTTP/1.1\r\nHost: shop\r\n\r\n'],
  [400, 'no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  [405, 'TRACE', 'TRACE /a HTTP/1.1\r\nHost: shop\r\n\r\n'],
  [405, 'CONNECT', 'CONNECT shop:443 HTTP/1.1\r\nHost: shop:443\r\n\r\n'],
  [431, 'a head over the limit', get('/a', 'Host: shop', `X-A: ${'x'.repeat(40_000)}`)],
  [414, 'a target over the limit', get(`/${'x'.repeat(40_000)}`)],
  [
    431,
    'more than 1,000 headers',
    get('/a', 'Host: shop', ...Array.from({ length: 1001 }, (_, i) => `a:${i % 10}`)),
  ],
];

describe('a request that is malformed, ambiguous or not for us is refused', () => {
  for (const [status, name, request] of refused) {
    test(`${name} is ${status}`, async () => {
      const { answer, failures } = await refusalOf(request);
      assert.equal(answer.status, status);
      assert.equal(answer.value('Content-Type'), 'application/problem+json');
      assert.equal(answer.value('Connection'), 'close');
      const problem = answer.json();
      assert.equal(problem['status'], status);
      assert.equal(problem['requestId'], answer.value('X-Request-Id'));
      assert.equal(answer.value('Proxy-Status'), `ficus; error=${problem['code']}`);
      assert.deepEqual(failures, { [problem['code'] as string]: 1 });
    });
  }
});

describe('the body of a request that we answer is never read as a request', () => {
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: shop\r\nX-Pad: 1\r\n\r\n';
  const sized = `Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`;
  const chunked = `Transfer-Encoding: chunked\r\n\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
  const answeredByUs: [name: string, head: string][] = [
    ['an ambiguous target', 'POST /a#b HTTP/1.1\r\nHost: shop\r\n'],
    ['TRACE', 'TRACE /a HTTP/1.1\r\nHost: shop\r\n'],
    ['CONNECT', 'CONNECT shop:443 HTTP/1.1\r\nHost: shop\r\n'],
    ['an unknown Expect', 'POST /a HTTP/1.1\r\nHost: shop\r\nExpect: x\r\n'],
    ['two Hosts', 'POST /a HTTP/1.1\r\nHost: shop\r\nHost: evil\r\n'],
  ];
  for (const [name, head] of answeredByUs) {
    test(`${name} with a sized body`, async () => void (await refusalOf(head + sized)));
    test(`${name} with a chunked body`, async () => void (await refusalOf(head + chunked)));
  }

  test('a body that comes after the answer', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    await client.ask(`POST /a#b HTTP/1.1\r\nHost: shop\r\nContent-Length: ${smuggled.length}\r\n\r\n`);
    client.send(smuggled);
    client.send(smuggled);
    client.end();
    assert.equal(await client.ending(), 'closed');
    assert.equal(client.unread.length, 0);
    assert.equal(upstream.requests.length, 0);
  });
});

test('a client that sends 20 MB into a refused tunnel reads the whole answer, and a clean end', async () => {
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send('CONNECT shop:443 HTTP/1.1\r\nHost: shop\r\n\r\n');
  for (let i = 0; i < 200; i++) client.send(Buffer.alloc(100_000));
  client.end();
  assert.equal((await client.answer()).status, 405);
  await once(client.socket, 'finish');
  assert.equal(await client.ending(), 'closed');
});

test('a client that uploads 20 MB to a refusal reads the whole answer', async () => {
  // Closing with unread bytes resets the connection, and a reset takes the answer with it.
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send('POST /a#b HTTP/1.1\r\nHost: shop\r\nContent-Length: 20000000\r\n\r\n');
  client.socket.pause();
  for (let i = 0; i < 200; i++) client.send(Buffer.alloc(100_000));
  await new Promise<void>((sent) => client.socket.write('', () => sent()));
  client.socket.resume();
  assert.equal((await client.answer()).status, 400);
  assert.equal(await client.ending(), 'closed');
});

describe('a connection that a client leaves open after a refusal is closed', { concurrency: true }, () => {
  for (const request of [
    'nonsense\r\n\r\n',
    'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /#a HTTP/1.1\r\nHost: a\r\n\r\n',
  ]) {
    test(JSON.stringify(request), { timeout: 10_000 }, async () => {
      await using upstream = await RecordingUpstream.start();
      await using proxy = await startTestProxy({ monolith: upstream.port });
      using client = await RawClient.connect(proxy.port);
      client.send(request);
      await client.ending();
      // Only a closed socket resets what is still written to it.
      const reset = new Promise<void>((resolve) => client.socket.once('error', () => resolve()));
      const writing = setInterval(() => client.socket.write('x'), 50);
      await reset.finally(() => clearInterval(writing));
    });
  }
});
