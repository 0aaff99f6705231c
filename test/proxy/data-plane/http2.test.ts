import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import tls from 'node:tls';
import { answerOf, Http2Client } from '../../support/http2-client.ts';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { authority } from '../../support/test-certificates.ts';
import { http2Address as address } from './http2-listener.ts';
import { startTestProxy } from './test-proxy.ts';

const options = { timeout: 30_000 };

async function agreedProtocol(port: number, ALPNProtocols: string[]): Promise<string | false | null> {
  const socket = tls.connect({ port, host: '127.0.0.1', ca: authority, ALPNProtocols });
  await once(socket, 'secureConnect');
  const { alpnProtocol } = socket;
  if (alpnProtocol !== 'h2') {
    using client = new RawClient(socket);
    assert.equal((await client.ask('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n')).text, 'ok');
  }
  socket.destroy();
  return alpnProtocol;
}

describe('the protocol that a client gets', options, () => {
  test('is HTTP/2 when it can choose, HTTP/1.1 when it offers only that, or nothing', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    assert.equal(await agreedProtocol(proxy.port, ['http/1.1', 'h2']), 'h2');
    assert.equal(await agreedProtocol(proxy.port, ['http/1.1']), 'http/1.1');
    assert.equal(await agreedProtocol(proxy.port, []), false);
  });

  test('is HTTP/1.1 where HTTP/2 was not asked for', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      address: { tls: address.tls },
    });
    assert.equal(await agreedProtocol(proxy.port, ['h2', 'http/1.1']), 'http/1.1');
  });
});

describe('a request over HTTP/2', options, () => {
  test('reaches the upstream as the same request over HTTP/1.1 would', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const answer = await client.ask({
      ':path': '/a?b=c',
      accept: '*/*',
      cookie: ['a=1', 'b=2', 'c=3'],
      te: 'trailers',
      'x-latin': 'caf\xe9',
      'x-request-id': 'r1',
      traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
    });
    assert.deepEqual([answer.status, answer.text], [200, 'ok']);
    assert.deepEqual(upstream.request.head.split('\r\n'), [
      'GET /a?b=c HTTP/1.1',
      'Host: shop',
      'accept: */*',
      'cookie: a=1; b=2; c=3',
      'x-latin: caf\xe9',
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: shop',
      'Forwarded: for=127.0.0.1;host="shop";proto=https',
      'X-Request-Id: r1',
      'traceparent: 00-11111111111111111111111111111111-2222222222222222-01',
      'TE: trailers',
      'Connection: TE',
    ]);
  });

  for (const te of ['trailers', undefined]) {
    test(`${te ? 'that reads trailers gets them' : 'that does not say so gets no trailers'}`, async () => {
      await using upstream = await RecordingUpstream.start(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n',
      );
      await using proxy = await startTestProxy({ monolith: upstream.port, address });
      using client = await Http2Client.connect(proxy.port);
      const stream = client.begin(te ? { te } : {});
      const trailers: unknown[] = [];
      stream.on('trailers', (fields) => trailers.push(fields['x-sum']));
      assert.equal((await answerOf(stream)).text, 'ok');
      assert.deepEqual(trailers, te ? ['1'] : []);
    });
  }

  test('keeps the length of its body, or goes on in chunks', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    await client.ask({ ':method': 'POST', 'content-length': 5 }, 'sized');
    await client.ask({ ':method': 'POST' }, 'unsized');
    const [sized, unsized] = upstream.requests;
    assert.deepEqual(
      [sized!.text, sized!.value('Content-Length'), sized!.value('Transfer-Encoding')],
      ['sized', '5', undefined],
    );
    assert.deepEqual(
      [unsized!.text, unsized!.value('Content-Length'), unsized!.value('Transfer-Encoding')],
      ['unsized', undefined, 'chunked'],
    );
  });

  test('loses its trailers, and nothing else', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const stream = client.session.request(
      { ':path': '/a', ':method': 'POST', ':authority': 'shop' },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-role': 'admin' }));
    stream.end('body');
    assert.equal((await answerOf(stream)).text, 'ok');
    assert.equal(upstream.request.text, 'body');
    assert.doesNotMatch(upstream.request.wireBody.toString('latin1'), /x-role/);
    assert.equal(upstream.leftOver, '');
  });

  test('that waits for a 100 gets it from the upstream', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.head();
      connection.send('HTTP/1.1 100 Continue\r\n\r\n');
      await connection.text('body');
      connection.send(OK_ANSWER);
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const stream = client.begin({ ':method': 'POST', expect: '100-continue' }, true);
    stream.on('continue', () => stream.end('body'));
    assert.equal((await answerOf(stream)).text, 'ok');
  });

  test('sends and gets 5 MB at once, byte for byte', async () => {
    const body = randomBytes(5_000_000);
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      const { body: received } = await connection.request();
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${received.length}\r\n\r\n`);
      connection.send(received);
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const answers = await Promise.all([
      client.ask({ ':method': 'POST' }, body),
      client.ask({ ':method': 'PUT', 'content-length': body.length }, body),
    ]);
    for (const answer of answers) assert.ok(answer.body.equals(body));
  });

  test('gets its own answer and no other, whichever of two upstreams gives it, 100 at a time', async () => {
    const echo = (name: string) => (request: { startLine: string; text: string }) => {
      const text = `${name} ${request.startLine.split(' ')[1]} ${request.text}`;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
    };
    await using monolith = await RecordingUpstream.start(echo('monolith'));
    await using service = await RecordingUpstream.start(echo('service'));
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['POST /api/orders/{id}'],
      address,
    });
    using client = await Http2Client.connect(proxy.port);
    const asked = Array.from({ length: 300 }, async (_, i) => {
      const path = i % 2 === 0 ? `/api/orders/${i}` : `/else/${i}`;
      const answer = await client.ask({ ':method': 'POST', ':path': path }, `body ${i}`);
      assert.equal(answer.text, `${i % 2 === 0 ? 'service' : 'monolith'} ${path} body ${i}`);
    });
    await Promise.all(asked);
    assert.deepEqual([monolith.requests.length, service.requests.length], [150, 150]);
  });
});
