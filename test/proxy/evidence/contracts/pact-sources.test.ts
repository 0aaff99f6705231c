import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, type TestContext } from 'node:test';
import type { BrokerCredentials } from '../../../../proxy/evidence/contracts/fetch-document.ts';
import { openPactSources } from '../../../../proxy/evidence/contracts/pact-sources.ts';
import type { PactBroker } from '../../../../proxy/routing/model.ts';
import { type PactBrokerStandIn, startPactBroker } from '../../../support/pact-broker.ts';
import { folderWith, getProduct, pactOf } from './provider.ts';

let broker: PactBrokerStandIn;
let nowMs: number;

beforeEach(async () => {
  nowMs = Date.parse('2026-11-20T10:00:00Z');
  broker = await startPactBroker([
    { content: pactOf([getProduct]), sha: 'aa11' },
    { content: pactOf([getProduct], 'catalog', 'mobile'), sha: 'bb22', pending: true },
    { content: pactOf([getProduct], 'billing'), sha: 'cc33' },
  ]);
});
afterEach(() => broker.close());

interface Options {
  readonly broker?: Partial<PactBroker>;
  readonly credentials?: BrokerCredentials;
  readonly cacheDir?: string;
  readonly pacts?: string;
}

async function open(test: TestContext, options: Options = {}) {
  const cacheDir = options.cacheDir ?? (await folderWith(test, {}));
  const sources = openPactSources({
    credentials: options.credentials,
    cacheDir,
    clock: { now: () => nowMs, monotonic: () => nowMs },
  });
  const migration = {
    service: 'catalog',
    contracts: {
      pacts: options.pacts ?? '/nowhere/pacts',
      states: '/nowhere/states',
      broker: {
        url: broker.url,
        provider: 'catalog',
        selectors: [{ mainBranch: true }],
        pending: true,
        publish: true,
        ...options.broker,
      },
    },
  };
  return { sources, migration, cacheDir };
}

const consumers = ({ pacts }: { pacts: readonly { consumer: string; pending: boolean }[] }) =>
  pacts.map(({ consumer, pending }) => [consumer, pending]);

describe('pacts of a broker', () => {
  it('are those it lists for the provider, by its selectors; it says which are pending', async (test) => {
    const { sources, migration } = await open(test, {
      broker: {
        branch: 'main',
        wipSince: '2026-01-01',
        selectors: [{ branch: 'main', consumer: 'web-shop' }],
      },
    });
    const listing = await sources.list(migration, true);
    assert.deepEqual(listing.problems, []);
    assert.deepEqual(consumers(listing), [
      ['web-shop', false],
      ['mobile', true],
    ]);
    const question = broker.requests.find(({ method }) => method === 'POST');
    assert.equal(question?.path, '/pacts/provider/catalog/for-verification');
    assert.deepEqual(question.body, {
      consumerVersionSelectors: [{ branch: 'main', consumer: 'web-shop' }],
      includePendingStatus: true,
      providerVersionBranch: 'main',
      includeWipPactsSince: '2026-01-01',
    });
  });

  it('in work are pending', async (test) => {
    broker.pacts = [{ content: pactOf([getProduct]), sha: 'aa11', wip: true }];
    const { sources, migration } = await open(test);
    assert.deepEqual(consumers(await sources.list(migration, true)), [['web-shop', true]]);
  });

  it('that were fetched are not fetched again, and what a broker says of them now holds', async (test) => {
    const { sources, migration } = await open(test);
    await sources.list(migration, true);
    broker.pacts = broker.pacts.map((pact) => ({ ...pact, pending: false }));
    nowMs += 5000;
    const listing = await sources.list(migration, true);
    assert.deepEqual(consumers(listing), [
      ['web-shop', false],
      ['mobile', false],
    ]);
    assert.equal(broker.requests.filter(({ path: at }) => at.includes('pact-version')).length, 2);
  });

  it('a gate asks for at most once a minute, and does not wait', async (test) => {
    const { sources, migration } = await open(test);
    const [first] = await Promise.all([sources.list(migration), sources.list(migration)]);
    assert.equal(first.unknown, 'they are being asked for');
    await sources.list(migration, true);
    assert.equal(broker.requests.filter(({ method }) => method === 'POST').length, 1);
    const asked = broker.requests.length;
    nowMs += 59_000;
    assert.equal((await sources.list(migration)).pacts.length, 2);
    assert.equal(broker.requests.length, asked);
  });

  for (const [name, credentials, authorization] of [
    ['a token', { token: 'secret-token' }, 'Bearer secret-token'],
    ['a user', { username: 'ficus', password: 'pässword' }, 'Basic ZmljdXM6cMOkc3N3b3Jk'],
  ] as const) {
    it(`are asked for with ${name}`, async (test) => {
      broker.authorization = authorization;
      const { sources, migration, cacheDir } = await open(test, { credentials });
      assert.equal((await sources.list(migration, true)).pacts.length, 2);
      const file = (await readdir(cacheDir))[0]!;
      assert.doesNotMatch(await readFile(path.join(cacheDir, file), 'utf8'), /secret-token|ssword/);
    });
  }

  it('a broker that wants to know who asks: says which variables to set', async (test) => {
    broker.authorization = 'Bearer other';
    const { sources, migration } = await open(test, { credentials: { token: 'secret-token' } });
    const { unknown, problems } = await sources.list(migration, true);
    assert.match(problems.join(), /401: set PACT_BROKER_TOKEN/);
    assert.equal(unknown, problems[0]);
    assert.doesNotMatch(problems.join(), /secret-token/);
  });

  it('stay while the broker is away, after a restart, too', async (test) => {
    const { sources, migration, cacheDir } = await open(test);
    await sources.list(migration, true);
    await broker.close();
    const restarted = (await open(test, { cacheDir })).sources;
    nowMs += 5000;
    for (const source of [sources, restarted]) {
      const { pacts, problems, unknown } = await source.list(migration, true);
      assert.equal(pacts.length, 2);
      assert.equal(unknown, undefined);
      assert.match(problems.join(), /ECONNREFUSED.*the pacts fetched at 2026-11-20T10:00:00.000Z stand in/);
    }
  });

  for (const [name, instead, problem] of [
    ['too large', (to) => to.end('x'.repeat(6 * 1024 * 1024)), /over 5242880 bytes/],
    ['no JSON', (to) => to.end('<html>'), /is not JSON/],
    ['another document', (to) => to.end('{"_links":{}}'), /is it a Pact Broker/],
    [
      'a redirect',
      (to) => to.writeHead(302, { location: 'http://169.254.169.254/?x=1' }).end(),
      /302, a redirect to http:\/\/169\.254\.169\.254\/, which is not followed/,
    ],
  ] satisfies [string, (to: http.ServerResponse) => void, RegExp][]) {
    it(`a broker that answers ${name}: said, and nobody knows the pacts`, async (test) => {
      broker.instead = instead;
      const { sources, migration } = await open(test);
      const { problems, unknown } = await sources.list(migration, true);
      assert.match(problems.join(), problem);
      assert.ok(unknown);
    });
  }

  it('a broker whose links lead elsewhere: not followed, so that the token stays', async (test) => {
    await using other = await startPactBroker();
    broker.linksTo = other.url;
    const { sources, migration } = await open(test, { credentials: { token: 'secret-token' } });
    const { problems } = await sources.list(migration, true);
    assert.match(problems.join(), /which is not on http:\/\/127\.0\.0\.1:\d+ and not asked/);
    assert.deepEqual(other.requests, []);
  });

  it('a result is published with the build, on the branch', async (test) => {
    const { sources, migration } = await open(test, { broker: { branch: 'main' } });
    const { pacts } = await sources.list(migration, true);
    const problem = await sources.publish(migration, pacts[0]!, { success: true, build: '1.4.0 rc' });
    assert.equal(problem, undefined);
    const told = broker.requests.slice(-2).map(({ method, path: at, body }) => [method, at, body]);
    assert.deepEqual(told, [
      ['PUT', '/pacticipants/catalog/branches/main/versions/1.4.0%20rc', {}],
      [
        'POST',
        '/pacts/provider/catalog/consumer/web-shop/pact-version/aa11/metadata/c1tdW2JdPW1haW4/verification-results',
        {
          success: true,
          providerApplicationVersion: '1.4.0 rc',
          verifiedBy: { implementation: 'Ficus', version: '1' },
        },
      ],
    ]);
  });

  it('a result that the broker does not take is a problem, and one that is not to be published is none', async (test) => {
    const { sources, migration } = await open(test);
    const { pacts } = await sources.list(migration, true);
    broker.instead = (to) => to.writeHead(500).end();
    const problem = await sources.publish(migration, pacts[0]!, { success: false, build: '1' });
    assert.match(problem ?? '', /of web-shop is not published: POST .*: answered 500/);
    const silent = (await open(test, { broker: { publish: false } })).migration;
    const asked = broker.requests.length;
    assert.equal(await sources.publish(silent, pacts[0]!, { success: true, build: '1' }), undefined);
    assert.equal(broker.requests.length, asked);
  });
});

describe('a pact at a URL', () => {
  it('is the one that is there, without the credentials of the broker', async (test) => {
    const seen: (string | undefined)[] = [];
    const server = http.createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(JSON.stringify(pactOf([getProduct], 'catalog', 'partner')));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    test.after(() => server.close());
    const pacts = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pact.json?sig=secret`;
    broker.pacts = [];
    const { sources, migration } = await open(test, { pacts, credentials: { token: 'secret-token' } });
    const listing = await sources.list(migration, true);
    assert.deepEqual(consumers(listing), [['partner', false]]);
    assert.deepEqual(seen, [undefined]);
    assert.doesNotMatch(listing.pacts[0]!.file, /secret/);
  });

  it('behind a metadata address is not asked', async (test) => {
    broker.pacts = [];
    const { sources, migration } = await open(test, { pacts: 'http://169.254.169.254/pact.json' });
    const { problems, unknown } = await sources.list(migration, true);
    assert.match(problems.join(), /link-local or metadata address, which is not asked/);
    assert.ok(unknown);
  });
});
