import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Pair } from '../../../proxy/shadow/pair.ts';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { closedPort, type Script, ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { sampleMigration } from '../routing/sample-routing.ts';
import { startTestEstate } from './test-estate.ts';

const echo = (body: string) =>
  `HTTP/1.1 200 OK\r\nX-Side: ${body}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const get = (...lines: string[]) =>
  `GET /a?q=1 HTTP/1.1\r\nHost: shop\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

/** The pair of one GET whose candidate is played by a script; the client has its answer in any case. */
async function pairWith(candidate: Script, timeoutMs = 1000): Promise<Pair> {
  await using monolith = await RecordingUpstream.start(echo('monolith'));
  await using service = await ScriptedUpstream.start(candidate);
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
    migration: {
      shadow: {
        timeoutMs,
        maxBodyBytes: 1000,
        compare: { ignore: [], unordered: [], tolerate: [] },
        redact: [],
      },
    },
  });
  using client = await RawClient.connect(estate.port);
  assert.equal((await client.ask(get())).text, 'monolith');
  assert.equal((await client.ask('GET /b HTTP/1.1\r\nHost: shop\r\n\r\n')).text, 'monolith');
  await estate.pairCount(1);
  assert.deepEqual(estate.plane.takeReport().failures, {});
  return estate.pairs[0]!;
}

test('a pair has the request and both answers', async () => {
  const pair = await pairWith(async (connection) => {
    await connection.request();
    connection.send(echo('service'));
  });
  assert.deepEqual([pair.migration, pair.route, pair.control], ['catalog', 'GET /a', 'monolith']);
  assert.match(pair.id, /^[0-9a-f-]{36}$/);
  assert.ok(Math.abs(Date.parse(pair.at) - Date.now()) < 5000);
  assert.deepEqual([pair.request.method, pair.request.target], ['GET', '/a?q=1']);
  assert.deepEqual(pair.request.headers, ['Host', 'shop']);
  for (const side of ['monolith', 'service'] as const) {
    const answer = pair[side];
    assert.ok(answer.outcome === 'complete');
    assert.deepEqual(answer.headers.slice(0, 2), ['X-Side', side]);
    assert.equal(Buffer.from(answer.body).toString(), side);
    assert.equal(answer.status, 200);
    assert.ok(answer.durationMs > 0 && answer.durationMs < 1000);
  }
});

test('chunked answers are paired by their bodies', async () => {
  const pair = await pairWith(async (connection) => {
    await connection.request();
    connection.send(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nser\r\n4\r\nvice\r\n0\r\n\r\n',
    );
  });
  assert.ok(pair.service.outcome === 'complete');
  assert.equal(Buffer.from(pair.service.body).toString(), 'service');
});

describe('a candidate that fails never disturbs the client, and is', () => {
  const failing: [name: string, outcome: string, detail: RegExp, script: Script][] = [
    ['silent', 'timed-out', /over 100 ms/, async (connection) => void (await connection.request())],
    [
      'slow with its body',
      'timed-out',
      /over 100 ms/,
      async (connection) => {
        await connection.request();
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
      },
    ],
    [
      'reset',
      'failed',
      /ECONNRESET|closed/,
      async (connection) => {
        await connection.head();
        connection.reset();
      },
    ],
    [
      'nonsense',
      'failed',
      /malformed/,
      async (connection) => {
        await connection.request();
        connection.send('nonsense\r\n\r\n');
      },
    ],
    [
      'half a body',
      'failed',
      /closed/,
      async (connection) => {
        await connection.request();
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
        connection.end();
      },
    ],
    [
      'too large',
      'hashed',
      /over 1000 bytes/,
      async (connection) => {
        await connection.request();
        connection.send(echo('x'.repeat(1001)));
      },
    ],
    [
      'endless',
      'too-large',
      /over 1000 bytes/,
      async (connection) => {
        await connection.request();
        connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        while (!connection.socket.destroyed) {
          connection.send(`64\r\n${'x'.repeat(100)}\r\n`);
          await new Promise((turn) => setImmediate(turn));
        }
      },
    ],
  ];
  for (const [name, outcome, detail, script] of failing) {
    test(`${name}: the pair says ${outcome}`, async () => {
      const { service, monolith } = await pairWith(script, 100);
      assert.ok(service.outcome !== 'complete');
      assert.equal(service.outcome, outcome);
      assert.match(service.detail, detail);
      assert.equal(monolith.outcome, 'complete');
    });
  }

  test('away: the pair says failed', async () => {
    await using monolith = await RecordingUpstream.start();
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: await closedPort(),
      shares: { shadow: 100 },
    });
    using client = await RawClient.connect(estate.port);
    assert.equal((await client.ask(get())).text, 'ok');
    await estate.pairCount(1);
    const { service } = estate.pairs[0]!;
    assert.ok(service.outcome === 'failed' && service.detail.includes('ECONNREFUSED'));
  });
});

test('a body of exactly the limit is paired', async () => {
  const pair = await pairWith(async (connection) => {
    await connection.request();
    connection.send(echo('x'.repeat(1000)));
  });
  assert.equal(pair.service.outcome, 'complete');
});

test('500 clients are served while a candidate hangs', async () => {
  await using monolith = await RecordingUpstream.start();
  await using service = await ScriptedUpstream.start(() => {});
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
    migration: { shadow: { ...sampleMigration('catalog', []).shadow, timeoutMs: 60_000 } },
  });
  using client = await RawClient.connect(estate.port);
  for (let i = 0; i < 500; i++) assert.equal((await client.ask(get())).text, 'ok');
  const dropped = estate.plane.takeReport().shadowDropped['catalog']?.['queue_full'] ?? 0;
  assert.equal(dropped, 500 - 32 - 256, 'in flight and queued are bounded, the others counted');
  assert.ok(service.connections.length <= 32);
});

test('an answer too large to keep is hashed as it streams by', async () => {
  const large = `HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`;
  await using monolith = await RecordingUpstream.start(large);
  await using service = await RecordingUpstream.start();
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
  });
  using client = await RawClient.connect(estate.port);
  assert.equal((await client.ask(get())).body.length, 70_000);
  await estate.pairCount(1);
  const hashed = estate.pairs[0]!.monolith;
  assert.ok(hashed.outcome === 'hashed');
  assert.deepEqual([hashed.status, hashed.bytes], [200, 70_000]);
  assert.equal(hashed.sha256, createHash('sha256').update('x'.repeat(70_000)).digest('hex'));
});

test('a request too large to keep is not copied, and counted', async () => {
  await using monolith = await RecordingUpstream.start();
  await using service = await RecordingUpstream.start();
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
  });
  using client = await RawClient.connect(estate.port);
  await client.ask(`GET /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`);
  await client.ask(get());
  await estate.pairCount(1);
  assert.equal(service.requests.length, 1);
  assert.deepEqual(estate.plane.takeReport().shadowDropped, { catalog: { request_too_large: 1 } });
});

test('a comparer that takes no pair costs the pair, counted, and nothing else', async () => {
  await using monolith = await RecordingUpstream.start();
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: monolith.port,
    shares: { shadow: 100 },
    deliverPair: () => false,
  });
  using client = await RawClient.connect(estate.port);
  await client.ask(get());
  await estate.pairCount(1);
  assert.deepEqual(estate.plane.takeReport().shadowDropped, { catalog: { comparer_full: 1 } });
});

test('a comparer that throws costs the pair, counted, and nothing else', async () => {
  await using monolith = await RecordingUpstream.start();
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: monolith.port,
    shares: { shadow: 100 },
    deliverPair() {
      throw new Error('the channel is closed');
    },
  });
  using client = await RawClient.connect(estate.port);
  await client.ask(get());
  await estate.pairCount(1);
  assert.equal((await client.ask(get())).text, 'ok');
  await estate.pairCount(2);
  // The second may be counted a moment later.
  assert.ok((estate.plane.takeReport().shadowDropped['catalog']?.['failed'] ?? 0) >= 1);
});

describe('when the service answers', () => {
  test('in part, the monolith is the candidate of its pairs', async () => {
    await using monolith = await RecordingUpstream.start(echo('monolith'));
    await using service = await RecordingUpstream.start(echo('service'));
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: { serve: 50, cap: 100, shadow: 100 },
      migration: { stickBy: [{ from: 'random' }] },
    });
    using client = await RawClient.connect(estate.port);
    const answers = [];
    for (let i = 0; i < 20; i++) answers.push((await client.ask(get())).text);
    await estate.pairCount(20);
    assert.equal(new Set(answers).size, 2);
    assert.deepEqual(estate.pairs.map(({ control }) => control).toSorted(), answers.toSorted());
    for (const { monolith: ofMonolith, service: ofService } of estate.pairs) {
      assert.ok(ofMonolith.outcome === 'complete' && ofService.outcome === 'complete');
      assert.equal(Buffer.from(ofMonolith.body).toString(), 'monolith');
      assert.equal(Buffer.from(ofService.body).toString(), 'service');
    }
  });

  test('everybody, a small part still goes to the monolith', async () => {
    await using monolith = await RecordingUpstream.start(OK_ANSWER);
    await using service = await RecordingUpstream.start(OK_ANSWER);
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: { serve: 100, cap: 100, shadow: 100 },
    });
    using client = await RawClient.connect(estate.port);
    client.send(get().repeat(200));
    for (let i = 0; i < 2000; i++) {
      await client.answer();
      if (i < 1800) client.send(get());
    }
    const copies = monolith.requests.length;
    assert.ok(copies >= 5 && copies <= 45, `${copies} copies of 2,000`);
    assert.ok(monolith.requests.every((copy) => copy.value('Ficus-Shadow') === 'compare'));
  });
});
