import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connectTo } from '../../proxy/data-plane/connect-to.ts';
import { UpstreamNames } from '../../proxy/data-plane/upstream-names.ts';
import type { Upstream } from '../../proxy/routing/model.ts';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { sampleUpstream } from '../proxy/routing/sample-routing.ts';
import { StubNameServer } from '../support/name-server.ts';
import { askOnce } from '../support/raw-client.ts';
import { OK_ANSWER, RecordingUpstream } from '../support/recording-upstream.ts';
import { ScriptedUpstream, type UpstreamEnd } from '../support/scripted-upstream.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const names = new Map<string, number>();

/** A name of its own for each test: what is known of names is known in the whole process. */
function freshName(): string {
  const count = (names.get('shop') ?? 0) + 1;
  names.set('shop', count);
  return `shop-${count}.test`;
}

/** Connects as the data plane does, at a time that the test sets; says where it came out. */
function connector(server: StubNameServer, port: number, changes: Partial<Upstream> = {}) {
  const time = { now: 0 };
  const memory = new UpstreamNames({ now: () => 0, monotonic: () => time.now });
  const upstream = sampleUpstream('monolith', port, {
    hostname: freshName(),
    resolver: server.address,
    ...changes,
  });
  return {
    time,
    async connect(): Promise<string> {
      const socket: Socket = connectTo(upstream, memory);
      try {
        await once(socket, 'connect');
        return socket.remoteAddress!;
      } finally {
        socket.destroy();
      }
    },
  };
}

/** Waits for what happens in the background. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `in vain: ${condition}`);
    await new Promise((turn) => setTimeout(turn, 5));
  }
}

describe('an upstream by name', () => {
  test('is reached at the address that its name server says', async () => {
    await using upstream = await RecordingUpstream.start();
    await using server = await StubNameServer.start(['127.0.0.1']);
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { hostname: freshName(), resolver: server.address },
    });
    assert.equal((await askOnce(proxy.port, get)).status, 200);
    assert.equal(server.asked, 1);
  });

  test('is asked for once by all who connect at the same time', async () => {
    await using upstream = await RecordingUpstream.start();
    await using server = await StubNameServer.start(['127.0.0.1'], 60);
    const { connect } = connector(server, upstream.port);
    await Promise.all(Array.from({ length: 10 }, connect));
    await connect();
    assert.equal(server.asked, 1);
  });

  test('is reached at another of its addresses when the first does not take connections', async () => {
    await using upstream = await RecordingUpstream.start();
    // Nothing listens at ::1 and at 127.0.0.9 on this port.
    await using server = await StubNameServer.start(['127.0.0.9', '::1', '127.0.0.1']);
    const { connect } = connector(server, upstream.port);
    assert.equal(await connect(), '127.0.0.1');
  });

  test('that moves is followed when its time is over, off the path of requests', async () => {
    await using upstream = await RecordingUpstream.start();
    await using server = await StubNameServer.start(['127.0.0.1'], 10);
    const { connect, time } = connector(server, upstream.port);
    await connect();
    server.answer = ['127.0.0.9'];
    time.now = 9999;
    assert.equal(await connect(), '127.0.0.1');
    assert.equal(server.asked, 1);
    time.now = 10_000;
    // This one still gets the old address and starts the question.
    assert.equal(await connect(), '127.0.0.1');
    await until(() => server.asked === 2);
    await assert.rejects(async () => {
      for (;;) await connect();
    }, /ECONNREFUSED 127\.0\.0\.9/);
  });

  test('that moves takes idle connections along, and busy ones once they have answered', async () => {
    const asked = Promise.withResolvers<UpstreamEnd>();
    await using upstream = await ScriptedUpstream.start(async (connection, index) => {
      await connection.request();
      if (index === 0) asked.resolve(connection);
      else connection.send(OK_ANSWER);
    });
    await using server = await StubNameServer.start(['127.0.0.1'], 1);
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { hostname: freshName(), resolver: server.address, responseTimeoutMs: 30_000 },
    });
    const busy = askOnce(proxy.port, get);
    const connection = await asked.promise;
    await askOnce(proxy.port, get);
    // Asked again and told the same, both stay.
    await until(() => server.asked >= 2);
    assert.equal(proxy.monolithConnections(), 2);
    server.answer = ['127.0.0.9'];
    await until(() => proxy.monolithConnections() === 1);
    connection.send(OK_ANSWER);
    assert.equal((await busy).status, 200);
    await new Promise((turn) => setImmediate(turn));
    assert.equal(proxy.monolithConnections(), 0);
  });

  test('long not asked for is asked for before it is used', async () => {
    await using upstream = await RecordingUpstream.start();
    await using server = await StubNameServer.start(['127.0.0.9'], 10);
    const { connect, time } = connector(server, upstream.port);
    await assert.rejects(connect, /ECONNREFUSED/);
    server.answer = ['127.0.0.1'];
    time.now = 3_600_000;
    assert.equal(await connect(), '127.0.0.1');
  });

  for (const failure of ['unknown', 'broken', 'silent', []] as const) {
    test(`keeps its last good address while the name server answers ${JSON.stringify(failure)}`, async () => {
      await using upstream = await RecordingUpstream.start();
      await using server = await StubNameServer.start(['127.0.0.1'], 1);
      const { connect, time } = connector(server, upstream.port);
      await connect();
      server.answer = failure;
      for (const now of [1000, 20_000, 3_600_000]) {
        time.now = now;
        assert.equal(await connect(), '127.0.0.1');
      }
      assert.ok(server.asked > 1);
    });
  }

  for (const failure of ['unknown', 'broken'] as const) {
    test(`is a 502 when the name server answers ${failure} from the start, and works once it is known`, async () => {
      await using upstream = await RecordingUpstream.start();
      await using server = await StubNameServer.start(failure);
      await using proxy = await startTestProxy({
        monolith: upstream.port,
        upstream: { hostname: freshName(), resolver: server.address },
      });
      const answer = await askOnce(proxy.port, get);
      assert.deepEqual([answer.status, answer.json()['code']], [502, 'upstream_connect']);
      server.answer = ['127.0.0.1'];
      assert.equal((await askOnce(proxy.port, get)).status, 200);
    });
  }

  test('is a 504 at the time to connect when the name server says nothing', async () => {
    await using server = await StubNameServer.start('silent');
    await using proxy = await startTestProxy({
      monolith: 1,
      upstream: { hostname: freshName(), resolver: server.address, connectTimeoutMs: 100 },
    });
    const answer = await askOnce(proxy.port, get);
    assert.deepEqual([answer.status, answer.json()['code']], [504, 'upstream_connect_timeout']);
  });

  test('that only the system knows is resolved by the system', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      upstream: { hostname: 'localhost' },
    });
    assert.equal((await askOnce(proxy.port, get)).status, 200);
  });
});

describe('a name that leads to a metadata service', () => {
  for (const address of [
    '169.254.169.254',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:a9fe:a9fe',
    '100.100.100.200',
  ]) {
    test(`at ${address} is a 502, and where is not told to the client`, async () => {
      await using server = await StubNameServer.start([address]);
      await using proxy = await startTestProxy({
        monolith: 80,
        upstream: { hostname: freshName(), resolver: server.address },
      });
      const answer = await askOnce(proxy.port, get);
      assert.deepEqual([answer.status, answer.json()['code']], [502, 'upstream_connect']);
      assert.equal(answer.text.includes(address), false);
    });
  }

  test('after it led elsewhere is not followed there', async () => {
    await using upstream = await RecordingUpstream.start();
    await using server = await StubNameServer.start(['127.0.0.1'], 1);
    const { connect, time } = connector(server, upstream.port);
    await connect();
    server.answer = ['169.254.169.254'];
    time.now = 60_000;
    await assert.rejects(connect, /link-local or metadata address/);
  });

  test('is reached at its other addresses alone', async () => {
    await using upstream = await RecordingUpstream.start();
    await using server = await StubNameServer.start(['169.254.169.254', '127.0.0.1']);
    assert.equal(await connector(server, upstream.port).connect(), '127.0.0.1');
  });

  test('is tried when that is allowed', async () => {
    await using server = await StubNameServer.start(['169.254.1.1']);
    const { connect } = connector(server, 1, { allowLinkLocal: true });
    const outcome = await Promise.race([
      connect().catch((error: Error) => error.message),
      new Promise<string>((done) => setTimeout(done, 300, 'still trying')),
    ]);
    assert.doesNotMatch(outcome, /metadata/);
  });
});
