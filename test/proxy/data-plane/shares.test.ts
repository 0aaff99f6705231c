import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isWithinShare } from '../../../proxy/routing/bucket.ts';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { type Shares, startTestEstate, type TestEstate } from './test-estate.ts';

const echo = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const get = (...lines: string[]) =>
  `GET /a HTTP/1.1\r\nHost: shop\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const users = Array.from({ length: 400 }, (_, i) => `user-${i}`);

let monolith: RecordingUpstream;
let service: RecordingUpstream;
let estate: TestEstate;

before(async () => {
  monolith = await RecordingUpstream.start(echo('monolith'));
  service = await RecordingUpstream.start(echo('service'));
  estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: {},
    migration: {
      stickBy: [
        { from: 'header', name: 'x-user-id' },
        { from: 'cookie', name: 'sid' },
      ],
    },
  });
});

after(async () => {
  await estate[Symbol.asyncDispose]();
  await monolith.close();
  await service.close();
});

/** The users whom the service answers. */
async function servedAt(shares: Partial<Shares>): Promise<Set<string>> {
  estate.apply(shares);
  using client = await RawClient.connect(estate.port);
  const served = new Set<string>();
  for (const user of users) {
    if ((await client.ask(get(`X-User-Id: ${user}`))).text === 'service') served.add(user);
  }
  return served;
}

async function sideOf(...lines: string[]): Promise<string> {
  using client = await RawClient.connect(estate.port);
  return (await client.ask(get(...lines))).text;
}

describe('the share that the service answers', () => {
  test('is nobody at 0 %', async () => assert.equal((await servedAt({ serve: 0, cap: 100 })).size, 0));
  test('is everybody at 100 %', async () =>
    assert.equal((await servedAt({ serve: 100, cap: 100 })).size, users.length));

  for (const percent of [1, 5, 25, 50]) {
    test(`is at ${percent} % exactly the users within that share`, async () => {
      const expected = new Set(users.filter((user) => isWithinShare(percent, 'catalog', user)));
      assert.deepEqual(await servedAt({ serve: percent, cap: 100 }), expected);
    });
  }

  for (const percent of [0.1, 0.29, 0.5]) {
    test(`is at ${percent} % exactly the users within that share`, async () => {
      const inFirst = Array.from({ length: 20_000 }, (_, i) => `fine-${i}`).filter((user) =>
        isWithinShare(1, 'catalog', user),
      );
      estate.apply({ serve: percent, cap: 100 });
      using client = await RawClient.connect(estate.port);
      let served = 0;
      for (const user of inFirst) {
        const side = (await client.ask(get(`X-User-Id: ${user}`))).text;
        assert.equal(side === 'service', isWithinShare(percent, 'catalog', user), user);
        if (side === 'service') served++;
      }
      assert.ok(served > 0);
    });
  }

  test('keeps everybody who is in when it grows', async () => {
    const ladder = [];
    for (const percent of [1, 5, 25, 50, 100]) ladder.push(await servedAt({ serve: percent, cap: 100 }));
    for (let i = 1; i < ladder.length; i++) assert.ok(ladder[i - 1]!.isSubsetOf(ladder[i]!));
  });

  test('is no more than the cap, however much the flag asks for', async () => {
    const expected = new Set(users.filter((user) => isWithinShare(5, 'catalog', user)));
    assert.deepEqual(await servedAt({ serve: 100, cap: 5 }), expected);
    assert.deepEqual(await servedAt({ serve: 50, cap: 5 }), expected);
  });

  test('is no more than the flag asks for, however much the cap allows', async () => {
    const expected = new Set(users.filter((user) => isWithinShare(5, 'catalog', user)));
    assert.deepEqual(await servedAt({ serve: 5, cap: 50 }), expected);
  });

  test('is nobody without a cap', async () => assert.equal((await servedAt({ serve: 100 })).size, 0));
});

describe('who a request belongs to', () => {
  const inside = users.find((user) => isWithinShare(50, 'catalog', user))!;
  const outside = users.find((user) => !isWithinShare(50, 'catalog', user))!;
  before(() => estate.apply({ serve: 50, cap: 100 }));

  test('the header decides', async () => {
    assert.equal(await sideOf(`X-User-Id: ${inside}`), 'service');
    assert.equal(await sideOf(`X-User-Id: ${outside}`), 'monolith');
  });

  test('the cookie decides without the header', async () => {
    assert.equal(await sideOf(`Cookie: a=1; sid=${inside}`), 'service');
    assert.equal(await sideOf(`Cookie: a=1; sid=${outside}`), 'monolith');
  });

  test('nobody decides without a value: the monolith answers', async () =>
    assert.equal(await sideOf(), 'monolith'));

  test('a header that stands there twice with different values decides nothing', async () => {
    assert.equal(await sideOf(`X-User-Id: ${inside}`, `X-User-Id: ${outside}`), 'monolith');
    assert.equal(await sideOf(`X-User-Id: ${outside}`, `X-User-Id: ${inside}`), 'monolith');
  });

  test('a header that stands there twice with one value is that value', async () =>
    assert.equal(await sideOf(`X-User-Id: ${inside}`, `X-User-Id: ${inside}`), 'service'));

  test('a cookie that stands there twice decides nothing, in one Cookie header or in two', async () => {
    assert.equal(await sideOf(`Cookie: sid=${inside}; sid=${outside}`), 'monolith');
    assert.equal(await sideOf(`Cookie: sid=${inside}`, `Cookie: sid=${outside}`), 'monolith');
  });

  test('a cookie in the second Cookie header decides', async () =>
    assert.equal(await sideOf('Cookie: a=1', `Cookie: sid=${inside}`), 'service'));

  test('without a value everybody is in at 100 %', async () => {
    estate.apply({ serve: 100, cap: 100 });
    assert.equal(await sideOf(), 'service');
  });
});

test('without a value the address decides where the migration says so', async () => {
  await using byAddress = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { serve: 50, cap: 100 },
    migration: { stickBy: [{ from: 'header', name: 'x-user-id' }, { from: 'ip' }] },
  });
  using client = await RawClient.connect(byAddress.port);
  const expected = isWithinShare(50, 'catalog', '127.0.0.1') ? 'service' : 'monolith';
  assert.equal((await client.ask(get())).text, expected);
});

test('a path that is not canonical goes to the monolith at any share', async () => {
  await using wide = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { serve: 100, cap: 100 },
    routes: ['GET /{x}', 'GET /a/**'],
  });
  using client = await RawClient.connect(wide.port);
  assert.equal((await client.ask(get())).text, 'service');
  for (const path of [
    '//a',
    '/./a',
    '/%61',
    '/a;x',
    '/a/../b',
    '/a/..;/b',
    '/a/%2e%2e/b',
    '/a/b%2Fc',
    '/a/%5C',
    '/..',
  ]) {
    assert.equal((await client.ask(get().replace('/a', path))).text, 'monolith', path);
  }
});

test('a request under way keeps the snapshot it started with', async () => {
  // It waits in the service’s queue while everything goes back to the monolith.
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using slow = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    asked.resolve();
    await goOn.promise;
    connection.send(echo('service'));
  });
  await using slowEstate = await startTestEstate({
    monolith: monolith.port,
    service: slow.port,
    shares: { serve: 100, cap: 100 },
  });
  using before = await RawClient.connect(slowEstate.port);
  before.send(get());
  await asked.promise;
  slowEstate.apply({});
  using behind = await RawClient.connect(slowEstate.port);
  assert.equal((await behind.ask(get())).text, 'monolith');
  goOn.resolve();
  assert.equal((await before.answer()).text, 'service');
});

test('an upstream that a reload leaves alone keeps its connections', async () => {
  estate.apply({ serve: 100, cap: 100 });
  await sideOf();
  const { connectionCount } = service;
  estate.apply({ serve: 100, cap: 100, shadow: 1 });
  await sideOf();
  assert.equal(service.connectionCount, connectionCount);
});
