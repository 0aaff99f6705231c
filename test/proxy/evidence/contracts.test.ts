import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { Contracts } from '../../../proxy/evidence/contracts.ts';
import type { Store } from '../../../proxy/store/open-store.ts';
import { startPactBroker } from '../../support/pact-broker.ts';
import { folderWith, getProduct, pactOf, startProvider } from './contracts/provider.ts';
import { migration as sample } from './gate-samples.ts';

const away = { available: () => false, onAvailable: () => () => {} } as unknown as Store;

test('what a broker asks for is verified for both builds and told to it, unless a build changes meanwhile', async (t) => {
  await using broker = await startPactBroker([{ content: pactOf([getProduct]), sha: 'aa11' }]);
  const folder = await folderWith(t, { 'catalog.yaml': 'states: {}' });
  const { upstream } = await startProvider(t, () => ({ json: { id: 'P-000017', name: 'Can', price: 3.75 } }));
  const migration = {
    ...sample(),
    contracts: {
      pacts: '/nowhere',
      states: folder,
      broker: {
        url: broker.url,
        provider: 'catalog',
        selectors: [{ mainBranch: true }],
        pending: false,
        publish: true,
      },
    },
  };
  const builds = ['1.4.0', '1.4.0', '1.4.0', '1.5.0'];
  const contracts = new Contracts({
    migrations: () => [migration],
    keyOf: async () => ({
      migration: 'catalog',
      monolithBuild: 'm1',
      serviceBuild: builds.shift()!,
      rulesHash: 'r1',
    }),
    sides: () => ({ monolith: upstream, service: upstream }),
    store: away,
    pactEnvironment: {},
    pactCacheDir: folder,
    hideSecrets: (text) => text,
    clock: { now: () => 0, monotonic: () => performance.now() },
    log: pino({ level: 'silent' }),
  });
  try {
    const { problems } = await contracts.verify(migration);
    assert.deepEqual(problems, []);
    const { contracts: results, pacts } = contracts.facts(migration);
    assert.deepEqual(
      results.map(({ side, build, outcome }) => [side, build, outcome]),
      [
        ['monolith', 'm1', 'passed'],
        ['service', '1.4.0', 'passed'],
      ],
    );
    assert.equal(pacts[0]?.pactHash, results[0]?.pactHash);
    const told = () => broker.requests.filter(({ path }) => path.endsWith('/verification-results'));
    assert.deepEqual(
      told().map(({ body }) => (body as { providerApplicationVersion: string }).providerApplicationVersion),
      ['1.4.0'],
    );

    const changed = await contracts.verify(migration);
    assert.deepEqual(changed.results, []);
    assert.deepEqual(changed.problems, [
      'the service changed from build 1.4.0 to 1.5.0 while it was verified; verify once more',
    ]);
    assert.equal(told().length, 1);
    assert.equal(contracts.facts(migration).contracts.length, 2);
  } finally {
    contracts.close();
  }
});
