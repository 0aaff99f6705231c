import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BreakerState, UpstreamBreaker } from '../../../proxy/data-plane/upstream-breaker.ts';
import type { BreakerRules } from '../../../proxy/routing/model.ts';
import { askOnce, RawClient } from '../../support/raw-client.ts';
import type { RawMessage } from '../../support/raw-message.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { closedPort, ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const rules: BreakerRules = { failures: 3, windowMs: 1000, openMs: 500, counts: 'any' };

/** A breaker at a time that the test sets. */
function breakerAt(changes: Partial<BreakerRules> = {}) {
  const states: BreakerState[] = [];
  const breaker = new UpstreamBreaker({ ...rules, ...changes }, (state) => states.push(state));
  const time = { now: 0 };
  return {
    breaker,
    states,
    time,
    admits: () => breaker.admits(() => time.now),
    fail(times = 1) {
      for (let i = 0; i < times; i++) breaker.failed(time.now);
    },
  };
}

describe('a breaker', () => {
  test('opens at the last of the failures in a row, not before', () => {
    const { fail, admits, states } = breakerAt();
    fail(2);
    assert.equal(admits(), true);
    fail();
    assert.equal(admits(), false);
    assert.deepEqual(states, ['open']);
  });

  test('starts the count anew after an answer', () => {
    const { breaker, fail, admits } = breakerAt();
    fail(2);
    breaker.answered();
    fail(2);
    assert.equal(admits(), true);
  });

  test('does not open when the failures are further apart than the window', () => {
    const { fail, admits, time } = breakerAt();
    fail(2);
    time.now = 1001;
    fail(2);
    assert.equal(admits(), true);
    fail();
    assert.equal(admits(), false);
  });

  test('lets one request through after its rest, and closes when that is answered', () => {
    const { breaker, fail, admits, time, states } = breakerAt();
    fail(3);
    time.now = 499;
    assert.equal(admits(), false);
    time.now = 500;
    assert.deepEqual([admits(), admits(), admits()], [true, false, false]);
    breaker.answered();
    assert.deepEqual([admits(), admits()], [true, true]);
    assert.deepEqual(states, ['open', 'half-open', 'closed']);
  });

  test('rests again when the one request fails', () => {
    const { fail, admits, time, states } = breakerAt();
    fail(3);
    time.now = 500;
    assert.equal(admits(), true);
    time.now = 600;
    fail();
    time.now = 1099;
    assert.equal(admits(), false);
    time.now = 1100;
    assert.equal(admits(), true);
    assert.deepEqual(states, ['open', 'half-open', 'open', 'half-open']);
  });

  test('lets the next one through when nothing was heard of the first', () => {
    const { fail, admits, time } = breakerAt();
    fail(3);
    time.now = 500;
    assert.equal(admits(), true);
    time.now = 999;
    assert.equal(admits(), false);
    time.now = 1000;
    assert.deepEqual([admits(), admits()], [true, false]);
  });

  test('keeps its rest although a request from before is answered', () => {
    const { breaker, fail, admits } = breakerAt();
    fail(3);
    breaker.answered();
    assert.equal(admits(), false);
  });

  test('that counts connects only is proven wrong by any answer', () => {
    const { breaker, fail, admits } = breakerAt({ counts: 'connect' });
    fail(3);
    breaker.answered();
    assert.equal(admits(), true);
  });
});

const get = (path = '/new', more = '') => `GET ${path} HTTP/1.1\r\nHost: shop\r\n${more}\r\n`;
const post = 'POST /new HTTP/1.1\r\nHost: shop\r\nContent-Length: 2\r\n\r\nhi';
const breaker: BreakerRules = { failures: 3, windowMs: 10_000, openMs: 60_000, counts: 'any' };
const answerOf = (status: string) => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`;

describe('an upstream that is gone', () => {
  test('is refused at once with 503 and Retry-After, and other routes go on', async () => {
    await using monolith = await RecordingUpstream.start();
    await using service = await ScriptedUpstream.start((connection) => void connection.socket.destroy());
    await using proxy = await startTestProxy({
      monolith: monolith.port,
      service: service.port,
      routes: ['* /new'],
      serviceUpstream: { breaker },
    });
    using client = await RawClient.connect(proxy.port);
    const send = async () => {
      using own = await RawClient.connect(proxy.port);
      const answer = await own.ask(post, 'POST');
      return [answer.status, answer.json()['code']];
    };
    for (let i = 0; i < 3; i++) assert.deepEqual(await send(), [502, 'upstream_closed']);
    const asked = service.connections.length;
    // Nothing was sent: the monolith answers even what is not safe.
    assert.equal((await client.ask(post, 'POST')).status, 200);
    assert.equal((await client.ask(get('/old'))).status, 200);
    assert.equal(service.connections.length, asked);
    const { catalog } = proxy.takeReport().upstreams;
    assert.deepEqual([catalog?.state, catalog?.transitions.open, catalog?.refused.open], ['open', 1, 1]);
  });

  test('without anybody to stand in for it is a 503 upstream_open with Retry-After', async () => {
    await using proxy = await startTestProxy({
      monolith: await closedPort(),
      upstream: { breaker: { ...breaker, counts: 'connect' } },
    });
    using client = await RawClient.connect(proxy.port);
    for (let i = 0; i < 3; i++) assert.equal((await client.ask(get())).json()['code'], 'upstream_connect');
    const refused = await client.ask(get());
    assert.deepEqual([refused.status, refused.json()['code']], [503, 'upstream_open']);
    assert.equal(refused.value('Retry-After'), '1');
    assert.equal(refused.value('Proxy-Status'), 'ficus; error=upstream_open');
  });

  test('is asked again by one request at a time, and by all once it answers', async () => {
    const answers = Promise.withResolvers<void>();
    const probeCame = Promise.withResolvers<void>();
    let isBack = false;
    await using service = await ScriptedUpstream.start(async (connection) => {
      if (!isBack) {
        connection.socket.destroy();
        return;
      }
      for (;;) {
        await connection.request();
        probeCame.resolve();
        await answers.promise;
        connection.send(answerOf('204 No Content'));
      }
    });
    await using proxy = await startTestProxy({
      monolith: service.port,
      upstream: { breaker: { ...breaker, openMs: 300 } },
    });
    while ((await askOnce(proxy.port, get())).json()['code'] !== 'upstream_open');
    isBack = true;
    const asked = service.connections.length;
    // Refused until the rest is over; then one of them waits for the answer.
    let probe: Promise<RawMessage>;
    let refused: unknown;
    do {
      probe = askOnce(proxy.port, get());
      refused = await Promise.race([probe, probeCame.promise]);
    } while (refused !== undefined);
    assert.equal((await askOnce(proxy.port, get())).json()['code'], 'upstream_open');
    answers.resolve();
    assert.equal((await probe).status, 204);
    assert.equal((await askOnce(proxy.port, get())).status, 204);
    assert.ok(service.connections.length <= asked + 2);
  });
});

describe('a breaker stays closed', () => {
  for (const status of ['404 Not Found', '429 Too Many Requests', '500 Oops', '503 Service Unavailable']) {
    test(`when the application answers ${status}`, async () => {
      await using upstream = await RecordingUpstream.start(answerOf(status));
      await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { breaker } });
      using client = await RawClient.connect(proxy.port);
      for (let i = 0; i < 10; i++) assert.equal((await client.ask(get())).status, Number(status.slice(0, 3)));
      assert.equal(proxy.takeReport().upstreams['monolith']?.state, 'closed');
    });
  }

  test('when clients leave before the answer', async () => {
    await using upstream = await ScriptedUpstream.start(() => {});
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { breaker } });
    for (let i = 0; i < 5; i++) {
      const client = await RawClient.connect(proxy.port);
      client.send(get());
      while (upstream.connections.length <= i) await new Promise((turn) => setTimeout(turn, 5));
      client.reset();
    }
    while (proxy.monolithConnections() > 0) await new Promise((turn) => setTimeout(turn, 5));
    assert.equal(proxy.takeReport().upstreams['monolith']?.state, 'closed');
  });

  test('when kept connections turn out to be stale', async () => {
    const allAsked = Promise.withResolvers<void>();
    await using upstream = await ScriptedUpstream.start(async (connection, index) => {
      await connection.request();
      // None is used twice before each has a connection of its own.
      if (index === 5) allAsked.resolve();
      await allAsked.promise;
      connection.send(answerOf('200 OK'));
      await connection.request();
      connection.socket.destroy();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { breaker } });
    const clients = await Promise.all(Array.from({ length: 6 }, () => RawClient.connect(proxy.port)));
    await Promise.all(clients.map((client) => client.ask(get())));
    const post = 'POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n';
    const answers = await Promise.all(clients.map((client) => client.ask(post, 'POST')));
    for (const client of clients) client.socket.destroy();
    assert.ok(answers.filter(({ status }) => status === 502).length >= 3);
    assert.equal(proxy.takeReport().upstreams['monolith']?.state, 'closed');
  });

  test('on timeouts of an upstream that nothing stands in for', async () => {
    await using upstream = await ScriptedUpstream.start(() => {});
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { responseTimeoutMs: 60, breaker: { ...breaker, counts: 'connect' } },
    });
    for (let i = 0; i < 4; i++) {
      using client = await RawClient.connect(proxy.port);
      assert.equal((await client.ask(get())).json()['code'], 'upstream_timeout');
    }
    assert.equal(proxy.takeReport().upstreams['monolith']?.state, 'closed');
  });
});

test('timeouts of a service open its breaker, and the monolith answers without waiting', async () => {
  await using monolith = await RecordingUpstream.start();
  await using service = await ScriptedUpstream.start(() => {});
  await using proxy = await startTestProxy({
    monolith: monolith.port,
    service: service.port,
    routes: ['* /new'],
    serviceUpstream: { breaker, responseTimeoutMs: 60 },
  });
  using client = await RawClient.connect(proxy.port);
  for (let i = 0; i < 3; i++) assert.equal((await client.ask(get())).status, 200);
  const asked = service.connections.length;
  assert.equal((await client.ask(get())).status, 200);
  assert.equal(service.connections.length, asked);
  assert.equal(proxy.takeReport().migrations['catalog']?.fallbacks, 4);
});
