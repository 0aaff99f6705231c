import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import type { RawMessage } from '../../support/raw-message.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { closedPort, ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { sampleRoute } from '../routing/sample-routing.ts';
import { clientLines } from './exchange.ts';
import { startTestEstate, type TestEstateOptions } from './test-estate.ts';

const echo = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const get = (...lines: string[]) =>
  `GET /a?q=1 HTTP/1.1\r\nHost: shop\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const post = 'POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhello';

interface Copied {
  readonly answer: RawMessage;
  readonly copies: readonly RawMessage[];
}

/** One request at full shadow share; waits for its pair, or when none is due, for the pair of a GET behind it. */
async function copiesOf(
  request: string,
  pairs: 1 | 0,
  options: Partial<TestEstateOptions> = {},
): Promise<Copied> {
  await using monolith = await RecordingUpstream.start(echo('monolith'));
  await using service = await RecordingUpstream.start(({ startLine }) =>
    echo(isQuestion(startLine) ? '{"service":"catalog","version":"1","dryRun":true}' : 'service'),
  );
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
    routes: ['* /a', 'GET /marker'],
    ...options,
  });
  using client = await RawClient.connect(estate.port);
  const answer = await client.ask(request, request.split(' ', 1)[0]);
  if (pairs === 0) await client.ask('GET /marker HTTP/1.1\r\nHost: shop\r\n\r\n');
  await estate.pairCount(1);
  const copies = service.requests.filter(({ startLine }) => !startLine.includes('/marker'));
  return { answer, copies: copies.filter(({ startLine }) => !isQuestion(startLine)) };
}

const isQuestion = (startLine: string) => startLine.includes('/.well-known/ficus');

describe('the copy', () => {
  test('is what was forwarded, marked, on a connection of its own', async () => {
    await using monolith = await RecordingUpstream.start(echo('monolith'));
    await using service = await RecordingUpstream.start(echo('service'));
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: { shadow: 100 },
    });
    using client = await RawClient.connect(estate.port);
    const answer = await client.ask(
      get('X-b: 1', 'x-A: 2', 'X-Forwarded-For: 10.0.0.1', 'Connection: x-hop', 'X-Hop: 1'),
    );
    assert.equal(answer.text, 'monolith');
    await estate.pairCount(1);
    const [copy] = service.requests;
    assert.equal(copy?.startLine, 'GET /a?q=1 HTTP/1.1');
    assert.deepEqual(clientLines(copy!), ['X-b: 1', 'x-A: 2', 'Ficus-Shadow: compare']);
    for (const name of ['Host', 'X-Forwarded-For', 'X-Request-Id', 'traceparent']) {
      assert.equal(copy!.value(name), monolith.request.value(name), name);
    }
  });

  test('is sent only after the client has its answer', async () => {
    const goOn = Promise.withResolvers<void>();
    await using monolith = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nmono');
      await goOn.promise;
      connection.send('lith');
    });
    await using service = await RecordingUpstream.start();
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: { shadow: 100 },
    });
    using client = await RawClient.connect(estate.port);
    client.send(get());
    await client.text('mono');
    await new Promise((turn) => setTimeout(turn, 50));
    assert.equal(service.connectionCount, 0);
    goOn.resolve();
    assert.equal((await client.answer()).text, 'monolith');
    await estate.pairCount(1);
    assert.equal(service.requests.length, 1);
  });

  test('goes to the rewritten path', async () => {
    const { copies } = await copiesOf(get(), 1, { routes: [sampleRoute('GET /a', 'compare', '/v2/a')] });
    assert.equal(copies[0]?.startLine, 'GET /v2/a?q=1 HTTP/1.1');
  });

  const credentials = [
    'Authorization: Bearer t',
    'Cookie: sid=1',
    'X-Api-Key: k',
    'x_api_key: k',
    'X-Auth-Token: t',
    'X-CSRF-Token: t',
  ];
  test('has no credentials', async () => {
    const { copies } = await copiesOf(get(...credentials, 'X-Kept: 1'), 1);
    assert.deepEqual(clientLines(copies[0]!), ['X-Kept: 1', 'Ficus-Shadow: compare']);
  });

  test('has the credentials where the upstream is trusted with them', async () => {
    const { copies } = await copiesOf(get(...credentials), 1, {
      serviceUpstream: { credentials: 'forward' },
    });
    assert.deepEqual(clientLines(copies[0]!), [...credentials, 'Ficus-Shadow: compare']);
  });

  test('of a GET with a chunked body has the body, sized', async () => {
    const request =
      'GET /a HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';
    const { copies } = await copiesOf(request, 1);
    assert.deepEqual(clientLines(copies[0]!), ['Content-Length: 5', 'Ficus-Shadow: compare']);
    assert.equal(copies[0]?.text, 'hello');
  });

  test('has no Expect', async () => {
    const request = 'GET /a HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello';
    const { copies } = await copiesOf(request, 1);
    assert.equal(copies[0]?.value('Expect'), undefined);
  });

  for (const method of ['HEAD', 'OPTIONS']) {
    test(`of ${method} is sent too`, async () => {
      await using upstream = await RecordingUpstream.start('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      await using estate = await startTestEstate({
        monolith: upstream.port,
        service: upstream.port,
        shares: { shadow: 100 },
        routes: ['* /a'],
      });
      using client = await RawClient.connect(estate.port);
      await client.ask(`${method} /a HTTP/1.1\r\nHost: shop\r\n\r\n`, method);
      await estate.pairCount(1);
      assert.equal(estate.pairs[0]?.service.outcome, 'complete');
    });
  }
});

describe('no copy is sent', () => {
  test('at a shadow share of 0 %', async () => {
    await using monolith = await RecordingUpstream.start();
    await using service = await RecordingUpstream.start();
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: {},
    });
    using client = await RawClient.connect(estate.port);
    for (let i = 0; i < 20; i++) await client.ask(get());
    assert.equal(service.connectionCount, 0);
  });

  test('of a request that is itself a copy', async () => {
    const { copies } = await copiesOf(get('Ficus-Shadow: compare'), 0);
    assert.equal(copies.length, 0);
  });

  test('of a path without a route', async () => {
    const { copies } = await copiesOf(get().replace('/a', '/b'), 0);
    assert.equal(copies.length, 0);
  });

  for (const mode of ['never', 'record'] as const) {
    test(`of a route with shadow ${mode}`, async () => {
      const { copies } = await copiesOf(get(), 0, { routes: [sampleRoute('* /a', mode), 'GET /marker'] });
      assert.equal(copies.length, 0);
    });
  }

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
    test(`of ${method}, unsafe, on a route that compares`, async () => {
      const { copies } = await copiesOf(post.replace('POST', method), 0, { canDryRun: true });
      assert.equal(copies.length, 0);
    });
  }

  test('of an unsafe request when the service has not announced that it can run dry', async () => {
    const routes = [sampleRoute('* /a', 'dry-run'), 'GET /marker'];
    const { copies } = await copiesOf(post, 0, { routes });
    assert.equal(copies.length, 0);
  });

  test('of an unsafe request to the monolith, whatever is announced', async () => {
    await using monolith = await RecordingUpstream.start();
    await using service = await RecordingUpstream.start();
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: { serve: 100, cap: 100, shadow: 100 },
      routes: [sampleRoute('* /a', 'dry-run')],
      canDryRun: true,
    });
    using client = await RawClient.connect(estate.port);
    for (let i = 0; i < 300; i++) await client.ask(post);
    assert.equal(monolith.requests.length, 0);
  });

  test('after the monolith answered for a service that could not', async () => {
    await using monolith = await RecordingUpstream.start();
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: await closedPort(),
      shares: { serve: 50, cap: 100, shadow: 100 },
      migration: { stickBy: [{ from: 'random' }] },
    });
    using client = await RawClient.connect(estate.port);
    for (let i = 0; i < 20; i++) await client.ask(get());
    const fallbacks = estate.plane.takeReport().migrations['catalog']!.fallbacks;
    assert.ok(fallbacks > 0 && fallbacks < 20);
    await estate.pairCount(20 - fallbacks);
    await client.ask(get().replace('/a', '/b'));
    assert.equal(estate.pairs.length, 20 - fallbacks);
    assert.equal(monolith.requests.length, 21);
  });
});

test('an unsafe request goes dry where the route says so and the service can', async () => {
  const routes = [sampleRoute('* /a', 'dry-run'), 'GET /marker'];
  const { answer, copies } = await copiesOf(post, 1, { routes, canDryRun: true });
  assert.equal(answer.text, 'monolith');
  assert.deepEqual(clientLines(copies[0]!), ['Content-Length: 5', 'Ficus-Shadow: dry-run']);
  assert.equal(copies[0]?.text, 'hello');
});

test('a candidate that says OK is not what the client gets', async () => {
  const { answer } = await copiesOf(get(), 1);
  assert.equal(answer.text, 'monolith');
});

test('a proxy whose service is itself sends no copy of its copies', async () => {
  await using monolith = await RecordingUpstream.start(OK_ANSWER);
  const port = Promise.withResolvers<number>();
  // Bytes through to the proxy itself.
  await using loop = await ScriptedUpstream.start(async (connection) => {
    using own = await RawClient.connect(await port.promise);
    for (;;) {
      const request = await connection.request();
      connection.send(`${(await own.ask(`${request.head}\r\n\r\n`)).head}\r\n\r\nok`);
    }
  });
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: loop.port,
    shares: { shadow: 100 },
  });
  port.resolve(estate.port);
  using client = await RawClient.connect(estate.port);
  await client.ask(get());
  await estate.pairCount(1);
  assert.equal(monolith.requests.length, 2);
});
