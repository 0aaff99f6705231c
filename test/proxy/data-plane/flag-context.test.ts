import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Asker } from '../../../proxy/data-plane/asker.ts';
import { chooseCopy, chooseSide } from '../../../proxy/data-plane/choose-side.ts';
import type { ForwardableRequest } from '../../../proxy/data-plane/request-head.ts';
import { type ControlSnapshot, compileSnapshot } from '../../../proxy/data-plane/snapshot.ts';
import type { UpstreamPool } from '../../../proxy/data-plane/upstream-pool.ts';
import { signForce } from '../../../proxy/flags/force-token.ts';
import { isWithinShare } from '../../../proxy/routing/bucket.ts';
import type { PublicJwk } from '../../../proxy/routing/identity.ts';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { snapshotOf, startTestEstate, type TestEstate, type TestEstateOptions } from './test-estate.ts';

const echo = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const forceKey = 'a key that is long enough for a test';

let monolith: RecordingUpstream;
let service: RecordingUpstream;
let estate: TestEstate;
let options: TestEstateOptions;
let jwk: PublicJwk;
let sign: (payload: object) => Promise<string>;

before(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  jwk = (await exportJWK(publicKey)) as PublicJwk;
  sign = (payload) =>
    new SignJWT({ iss: 'login', aud: 'shop', ...payload })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('1h')
      .sign(privateKey);
  monolith = await RecordingUpstream.start(echo('monolith'));
  service = await RecordingUpstream.start(echo('service'));
  options = {
    monolith: monolith.port,
    service: service.port,
    shares: {},
    migration: {
      stickBy: [
        { from: 'claim', name: 'sub' },
        { from: 'header', name: 'x-user-id' },
      ],
      flagContext: {
        sessionId: { from: 'cookie', name: 'sid' },
        properties: [
          { name: 'plan', source: { from: 'claim', name: 'plan' } },
          { name: 'groups', source: { from: 'claim', name: 'groups' } },
          { name: 'beta', source: { from: 'cookie', name: 'beta' } },
          { name: 'country', source: { from: 'header', name: 'x-country' } },
        ],
      },
    },
  };
  estate = await startTestEstate(options);
});

after(async () => {
  await estate[Symbol.asyncDispose]();
  await monolith.close();
  await service.close();
});

interface Constraint {
  readonly contextName: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Everybody for whom the constraint holds. */
function controlFor(
  constraint: Constraint | undefined,
  changes: Partial<ControlSnapshot> = {},
): ControlSnapshot {
  const control = snapshotOf(options, { serve: 100, cap: 100 });
  const features = control.features.features.map((feature) =>
    constraint === undefined || !feature.name.endsWith('.serve')
      ? feature
      : {
          ...feature,
          strategies: feature.strategies!.map((one) => ({
            ...one,
            constraints: [{ inverted: false, ...constraint }],
          })),
        },
  ) as ControlSnapshot['features']['features'];
  return {
    ...control,
    features: { ...control.features, features },
    routing: {
      ...control.routing,
      jwt: {
        keys: { url: 'https://login.example.com/keys.json', refreshSeconds: 60 },
        issuer: 'login',
        audience: ['shop'],
        algorithms: ['ES256'],
        from: { from: 'header', name: 'authorization' },
        clockToleranceSeconds: 0,
      },
      force: { claim: 'groups', values: ['qa'] },
    },
    tokenKeys: [jwk],
    forceKey,
    ...changes,
  };
}

async function sideOf(...lines: string[]): Promise<string> {
  using client = await RawClient.connect(estate.port);
  const fields = lines.map((line) => `${line}\r\n`).join('');
  return (await client.ask(`GET /a HTTP/1.1\r\nHost: shop\r\n${fields}\r\n`)).text;
}

describe('a constraint on a property', () => {
  const isOne = (contextName: string, ...values: string[]) => ({ contextName, operator: 'IN', values });
  const cases: [string, Constraint, () => string[] | Promise<string[]>][] = [
    ['of a header', isOne('country', 'AT'), () => ['X-User-Id: u', 'X-Country: AT']],
    ['of a cookie', isOne('beta', 'yes'), () => ['X-User-Id: u', 'Cookie: a=1; beta=yes']],
    [
      'of a verified claim',
      isOne('plan', 'pro'),
      async () => [`Authorization: Bearer ${await sign({ sub: 'alice', plan: 'pro' })}`],
    ],
    [
      'of a verified claim that is a list',
      { contextName: 'groups', operator: 'STR_CONTAINS', values: ['beta'] },
      async () => [`Authorization: Bearer ${await sign({ sub: 'alice', groups: ['a', 'beta'] })}`],
    ],
    [
      'that is the user, by a verified claim',
      isOne('userId', 'alice'),
      async () => ['X-User-Id: mallory', `Authorization: Bearer ${await sign({ sub: 'alice' })}`],
    ],
    ['that is the session', isOne('sessionId', 's-1'), () => ['X-User-Id: u', 'Cookie: sid=s-1']],
    ['that is the address', isOne('remoteAddress', '127.0.0.1'), () => ['X-User-Id: u']],
  ];
  for (const [name, constraint, fields] of cases) {
    test(`${name} decides`, async () => {
      const lines = await fields();
      estate.plane.apply(controlFor(constraint));
      assert.equal(await sideOf(...lines), 'service');
      estate.plane.apply(controlFor({ ...constraint, values: ['of nobody'] }));
      assert.equal(await sideOf(...lines), 'monolith');
    });
  }

  test('has nothing of a token that is not verified', async () => {
    estate.plane.apply(controlFor(isOne('plan', 'pro')));
    const token = await sign({ sub: 'alice', plan: 'pro' });
    assert.equal(
      await sideOf('X-User-Id: u', `Authorization: Bearer ${token.slice(0, -8)}AAAAAAAA`),
      'monolith',
    );
    estate.plane.apply(controlFor(isOne('plan', 'pro'), { tokenKeys: [] }));
    assert.equal(await sideOf('X-User-Id: u', `Authorization: Bearer ${token}`), 'monolith');
  });

  test('decides whose requests are copied', async () => {
    const control = controlFor(undefined);
    const features = control.features.features.map((feature) =>
      feature.name.endsWith('.shadow')
        ? {
            ...feature,
            enabled: true,
            strategies: [{ name: 'default', parameters: {}, constraints: [isOne('country', 'AT')] }],
          }
        : { ...feature, enabled: false },
    ) as unknown as ControlSnapshot['features']['features'];
    estate.plane.apply({ ...control, features: { ...control.features, features } });
    await sideOf('X-User-Id: u', 'X-Country: DE');
    await sideOf('X-User-Id: u', 'X-Country: AT');
    await estate.pairCount(1);
    assert.equal(estate.pairs.length, 1);
  });
});

describe('Ficus-Force', () => {
  const inAnHour = () => Date.now() + 3_600_000;
  const signed = (side: 'service' | 'monolith', migration = 'catalog') =>
    `Ficus-Force: ${signForce({ side, migration, untilMs: inAnHour(), by: 'qa' }, forceKey)}`;
  /** The flag is off, and the evidence allows nobody. */
  const closed = (changes: Partial<ControlSnapshot> = {}) => {
    const control = controlFor(undefined, { caps: {}, ...changes });
    const features = control.features.features.map((feature) => ({ ...feature, enabled: false }));
    estate.plane.apply({ ...control, features: { ...control.features, features } });
  };

  test('signed for the service passes flag and cap, and goes no further', async () => {
    closed();
    assert.equal(await sideOf(signed('service')), 'service');
    assert.doesNotMatch(service.requests.at(-1)!.head, /ficus/i);
    assert.equal(await sideOf(), 'monolith');
  });

  test('signed for the monolith keeps there who would be with the service', async () => {
    estate.plane.apply(controlFor(undefined));
    assert.equal(await sideOf(), 'service');
    assert.equal(await sideOf(signed('monolith')), 'monolith');
  });

  test('of a verified token that may force needs no signature', async () => {
    closed();
    const qa = `Authorization: Bearer ${await sign({ groups: ['dev', 'qa'] })}`;
    const dev = `Authorization: Bearer ${await sign({ groups: ['dev'] })}`;
    assert.equal(await sideOf('Ficus-Force: service', qa), 'service');
    assert.equal(await sideOf('Ficus-Force: service', dev), 'monolith');
  });

  test('of nobody in particular counts for nothing', async () => {
    closed();
    for (const line of [
      'Ficus-Force: service',
      'Ficus_Force: service',
      `${signed('service')}x`,
      signed('service', 'billing'),
    ]) {
      assert.equal(await sideOf(line), 'monolith', line);
    }
    assert.equal(await sideOf(signed('service'), signed('service')), 'monolith');
    closed({ forceKey: undefined });
    assert.equal(await sideOf(signed('service')), 'monolith');
  });

  test('does not pass a latch, nor the kill switch', async () => {
    closed({ latched: ['catalog'] });
    assert.equal(await sideOf(signed('service')), 'monolith');
    closed({ killed: true });
    assert.equal(await sideOf(signed('service')), 'monolith');
  });
});

test('while the kill switch is on the monolith answers everybody, and nothing is copied', async () => {
  const user = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].find((name) => isWithinShare(50, 'catalog', name));
  const on = snapshotOf(options, { serve: 50, cap: 100, shadow: 100 });
  estate.plane.apply({ ...on, killed: true });
  const before = estate.pairs.length;
  const asked = service.requests.length;
  assert.equal(await sideOf(`X-User-Id: ${user}`), 'monolith');
  estate.plane.apply(on);
  assert.equal(await sideOf(`X-User-Id: ${user}`), 'service');
  await estate.pairCount(before + 1);
  assert.equal(estate.pairs.length, before + 1);
  assert.equal(service.requests.length, asked + 1);
});

describe('a migration that nobody is sent to', () => {
  /** Whatever is asked of it is too much. */
  const untouchable = new Proxy(
    {},
    {
      get(_target, name) {
        throw new Error(`${String(name)} was looked at`);
      },
    },
  );
  const pool = {} as UpstreamPool;
  const request = { force: '', isCopy: false, method: 'GET' } as ForwardableRequest;

  for (const [name, shares, killed] of [
    ['whose serve flag is off', { serve: 0, cap: 100 }, false],
    ['whose cap is 0', { serve: 100, cap: 0 }, false],
    ['while the kill switch is on', { serve: 100, cap: 100, shadow: 100 }, true],
  ] as const) {
    test(`${name} costs no look at the request, no hash and no flag`, () => {
      const snapshot = compileSnapshot({ ...snapshotOf(options, shares), killed }, () => pool);
      const [live] = [...snapshot.migrations.values()];
      const matched = { route: live!.migration.routes[0]!, live: live! };
      const blind = { ...snapshot, flags: untouchable as never, claims: untouchable as never };
      const asker = new Asker(blind, live!, request, untouchable as never);
      assert.equal(chooseSide(blind, matched, request, asker), 'monolith');
      assert.equal(chooseCopy(blind, matched, request, asker, 'monolith'), undefined);
    });
  }
});
