import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LoadShedding } from '../../../proxy/data-plane/load-shedding.ts';
import type { Migration, Upstream } from '../../../proxy/routing/model.ts';
import type { RecordedExchange } from '../../../proxy/shadow/recorded-exchange.ts';
import type { SamePair } from '../../../proxy/shadow/same-pair.ts';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { sampleMigration, sampleRoute } from '../routing/sample-routing.ts';
import { startTestEstate } from './test-estate.ts';

const answer = (body: string, ...lines: string[]) =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`;
const get = (...lines: string[]) =>
  `GET /a HTTP/1.1\r\nHost: shop\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const withShadow = (changes: Partial<Migration['shadow']>): Partial<Migration> => ({
  shadow: { ...sampleMigration('catalog', []).shadow, ...changes },
});

describe('credentials of a copy', () => {
  const client = ['Authorization: Bearer old', 'Cookie: sid=1', 'X-Api-Key: k-1', 'X-Note: n'];
  const cases: [what: string, changes: Partial<Upstream>, expected: (string | undefined)[]][] = [
    ['none unless the upstream is trusted', {}, [undefined, undefined, undefined]],
    ['those that it is trusted with', { credentials: ['cookie'] }, [undefined, 'sid=1', undefined]],
    ['all', { credentials: 'forward' }, ['Bearer old', 'sid=1', 'k-1']],
    [
      'a token of its own',
      { tokens: [{ header: 'authorization', value: 'Bearer copies' }] },
      ['Bearer copies', undefined, undefined],
    ],
    [
      'by what the client sent',
      { credentials: 'forward', tokens: [{ header: 'x-api-key', values: { 'k-1': 'k-2' } }] },
      ['Bearer old', 'sid=1', 'k-2'],
    ],
    [
      'none where the mapping does not know it',
      { tokens: [{ header: 'authorization', values: { toString: 'no', __proto__: null as never } }] },
      [undefined, undefined, undefined],
    ],
  ];
  for (const [what, serviceUpstream, expected] of cases) {
    test(what, async () => {
      await using monolith = await RecordingUpstream.start(answer('monolith'));
      await using service = await RecordingUpstream.start(answer('service'));
      await using estate = await startTestEstate({
        monolith: monolith.port,
        service: service.port,
        shares: { shadow: 100 },
        serviceUpstream,
      });
      using sender = await RawClient.connect(estate.port);
      await sender.ask(get(...client));
      await estate.pairCount(1);
      const copy = service.request;
      assert.deepEqual(
        ['Authorization', 'Cookie', 'X-Api-Key'].map((name) => copy.value(name)),
        expected,
      );
      assert.equal(copy.value('X-Note'), 'n');
      assert.equal(monolith.request.value('Authorization'), 'Bearer old');
    });
  }
});

describe('the monolith asked once more', () => {
  const noise = { share: 100, maxPerSecond: 2 };

  test('answers for itself: marked, with the credentials it had, within the budget', async () => {
    let count = 0;
    await using monolith = await RecordingUpstream.start(() => answer(`at ${count++}`));
    await using service = await RecordingUpstream.start(answer('service'));
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: { shadow: 100 },
      migration: withShadow({ noise }),
    });
    using client = await RawClient.connect(estate.port);
    for (let i = 1; i <= 10; i++) {
      await client.ask(get('Authorization: Bearer own'));
      await estate.pairCount(i);
    }
    const again = estate.pairs.filter(({ monolithAgain }) => monolithAgain);
    assert.ok(again.length >= 2 && again.length <= 4, `${again.length} of 10 at two a second`);
    for (const { monolithAgain: second, monolith: first } of again) {
      assert.ok(second?.outcome === 'complete' && first.outcome === 'complete');
      assert.notDeepEqual(second.body, first.body);
    }
    const marked = monolith.requests.filter((request) => request.value('Ficus-Shadow') === 'compare');
    assert.equal(marked.length, again.length);
    assert.ok(marked.every((request) => request.value('Authorization') === 'Bearer own'));
  });

  test('is not, when it was the candidate, when the request is unsafe, or when nobody asks for noise', async () => {
    for (const [shares, method, rules] of [
      [{ serve: 50, cap: 100, shadow: 100 }, 'GET', noise],
      [{ shadow: 100 }, 'POST', noise],
      [{ shadow: 100 }, 'GET', { share: 0, maxPerSecond: 100 }],
    ] as const) {
      await using monolith = await RecordingUpstream.start(answer('monolith'));
      await using service = await RecordingUpstream.start(({ startLine }) =>
        answer(startLine.includes('well-known') ? '{"dryRun":true}' : 'service'),
      );
      await using estate = await startTestEstate({
        monolith: monolith.port,
        service: service.port,
        shares,
        canDryRun: true,
        routes: [sampleRoute('GET /a'), sampleRoute('POST /a', 'dry-run')],
        migration: { ...withShadow({ noise: rules }), stickBy: [{ from: 'random' }] },
      });
      using client = await RawClient.connect(estate.port);
      for (let i = 1; i <= 8; i++) {
        await client.ask(get().replace('GET', method), method);
        await estate.pairCount(i);
      }
      for (const { control, monolithAgain } of estate.pairs)
        if (control === 'service' || method === 'POST' || rules.share === 0)
          assert.equal(monolithAgain, undefined);
    }
  });
});

describe('a pair that is the same at sight', () => {
  async function send(
    bodies: readonly [string, string],
    lines: readonly [string, string] = ['A: 1', 'A: 1'],
  ) {
    await using monolith = await RecordingUpstream.start(answer(bodies[0], lines[0], 'Date: yesterday'));
    await using service = await RecordingUpstream.start(answer(bodies[1], lines[1], 'Date: today'));
    const same: SamePair[] = [];
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: { shadow: 100 },
      migration: withShadow({ compare: { ignore: ['header:x-side'], unordered: [], tolerate: [] } }),
      deliverSame: (pair) => same.push(pair) > 0,
    });
    using client = await RawClient.connect(estate.port);
    for (let i = 0; i < 32; i++) await client.ask(get());
    while (same.length + estate.pairs.length < 32) await new Promise((turn) => setImmediate(turn));
    return { same, pairs: estate.pairs };
  }

  test('is delivered without its bodies, but for the first two of its kind and one in sixteen', async () => {
    const { same, pairs } = await send(['body', 'body']);
    assert.deepEqual([same.length, pairs.length], [29, 3]);
    const [first] = same;
    assert.deepEqual([first?.status, first?.request.method, first?.control], [200, 'GET', 'monolith']);
    assert.ok(first?.headers.includes('A') && first.monolithMs > 0 && first.serviceMs > 0);
  });

  test('may differ in headers that the rules ignore', async () => {
    const { pairs } = await send(['body', 'body'], ['X-Side: monolith', 'X-Side: service']);
    assert.equal(pairs.length, 3);
  });

  for (const [what, bodies, lines] of [
    ['another body', ['body', 'b0dy'], ['A: 1', 'A: 1']],
    ['another header', ['body', 'body'], ['A: 1', 'A: 2']],
    ['a header more', ['body', 'body'], ['A: 1', 'A: 1\r\nB: 1']],
    ['another coding', ['body', 'body'], ['Content-Encoding: gzip', 'Content-Encoding: br']],
  ] as const) {
    test(`with ${what} is compared`, async () => {
      const { same } = await send(bodies, lines);
      assert.equal(same.length, 0);
    });
  }
});

test('a candidate’s cookies and headers never reach a client', async () => {
  await using monolith = await RecordingUpstream.start(answer('monolith', 'Set-Cookie: sid=monolith'));
  await using service = await RecordingUpstream.start(
    answer('service', 'Set-Cookie: sid=candidate', 'X-C: 1'),
  );
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
  });
  using client = await RawClient.connect(estate.port);
  for (let i = 1; i <= 20; i++) {
    const { head } = await client.ask(get());
    assert.ok(head.includes('sid=monolith') && !head.includes('candidate') && !head.includes('X-C'), head);
    await estate.pairCount(i);
  }
});

test('copies stop first when the proxy is short of memory or late, counted, and clients are served', async () => {
  await using monolith = await RecordingUpstream.start(answer('monolith'));
  await using service = await RecordingUpstream.start(answer('service'));
  let pressedBy: LoadShedding['pressedBy'];
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
    shedding: {
      sheds: () => false,
      reason: undefined,
      get pressedBy() {
        return pressedBy;
      },
      close() {},
    },
  });
  using client = await RawClient.connect(estate.port);
  for (pressedBy of ['memory', 'event-loop', undefined] as const)
    assert.equal((await client.ask(get())).text, 'monolith');
  await estate.pairCount(1);
  assert.equal(service.requests.length, 1);
  assert.deepEqual(estate.plane.takeReport().shadowDropped, { catalog: { proxy_memory: 1, proxy_busy: 1 } });
});

test('what follows from a copy that came back is not copied by the next hop, and no mark passes', async () => {
  await using monolith = await RecordingUpstream.start(answer('monolith'));
  await using service = await RecordingUpstream.start(answer('service'));
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
  });
  using client = await RawClient.connect(estate.port);
  await client.ask(get('Ficus-Shadow: compare'));
  const [passed] = monolith.requests;
  assert.equal(passed?.value('Ficus-Shadow'), undefined);
  assert.equal(passed?.value('Ficus-No-Copy'), '1');
  await client.ask(get('Ficus-No-Copy: 1'));
  await client.ask(get('Ficus_Shadow: dry-run'));
  await estate.pairCount(1);
  assert.equal(service.requests.length, 1, 'an alias of the mark is no mark, and does not pass');
  assert.ok(monolith.requests.every(({ head }) => !/ficus.shadow/i.test(head)));
});

test('whoever samples by the request id samples the same requests, whichever replica they came to', async () => {
  await using monolith = await RecordingUpstream.start(answer('monolith'));
  await using service = await RecordingUpstream.start(answer('service'));
  const copied: (string | undefined)[][] = [];
  for (let replica = 0; replica < 2; replica++) {
    const before = service.requests.length;
    await using estate = await startTestEstate({
      monolith: monolith.port,
      service: service.port,
      shares: { shadow: 30 },
    });
    using client = await RawClient.connect(estate.port);
    for (let i = 0; i < 60; i++) await client.ask(get(`X-Request-Id: order-${i}`));
    let count = -1;
    while (count !== estate.pairs.length) {
      count = estate.pairs.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    copied.push(
      service.requests
        .slice(before)
        .map((request) => request.value('X-Request-Id'))
        .sort(),
    );
  }
  assert.ok(copied[0]!.length > 5 && copied[0]!.length < 40);
  assert.deepEqual(copied[0], copied[1]);
});

test('while somebody records, exchanges are handed over as they are, and those of routes that say never are not', async () => {
  await using monolith = await RecordingUpstream.start(answer('monolith'));
  await using service = await RecordingUpstream.start(answer('service'));
  const recorded: RecordedExchange[] = [];
  const options = {
    monolith: monolith.port,
    service: service.port,
    shares: {},
    routes: [sampleRoute('GET /a'), sampleRoute('POST /a', 'record'), sampleRoute('PUT /a', 'never')],
    deliverRecorded: (exchange: RecordedExchange) => recorded.push(exchange) > 0,
  };
  const ask = async (recording: number): Promise<void> => {
    await using estate = await startTestEstate({ ...options, recording });
    using client = await RawClient.connect(estate.port);
    await client.ask(get());
    for (const method of ['POST', 'PUT'])
      await client.ask(`${method} /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhello`, method);
  };
  await ask(0);
  assert.equal(recorded.length, 0);
  await ask(100);
  assert.deepEqual(
    recorded.map(({ route, control }) => `${route} ${control}`),
    ['GET /a monolith', 'POST /a monolith'],
  );
  const [, { request, answer: its }] = recorded as [RecordedExchange, RecordedExchange];
  assert.equal(Buffer.from(request.body).toString(), 'hello');
  assert.ok(its.outcome === 'complete' && Buffer.from(its.body).toString() === 'monolith');
  assert.equal(service.requests.length, 0);
});
