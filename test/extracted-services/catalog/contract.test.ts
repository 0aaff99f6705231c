import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Monolith, startMonolith } from '../../../examples/monolith/monolith.ts';
import type { RunningCatalog } from '../../../extracted-services/catalog/catalog.ts';
import { draftPact } from '../../../proxy/evidence/contracts/draft-pact.ts';
import { parsePact } from '../../../proxy/evidence/contracts/pact-file.ts';
import { startVerificationRunner } from '../../../proxy/evidence/contracts/run-verification.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { verifyPacts } from '../../support/verify-pacts.ts';
import { API_KEY, startTestCatalog } from './test-catalog.ts';

const runner = startVerificationRunner();
let postgres: TestPostgres;
let monolith: Monolith;
let catalog: RunningCatalog;

before(async () => {
  postgres = await startTestPostgres();
  monolith = await startMonolith({
    databaseUrl: postgres.url,
    host: '127.0.0.1',
    port: 0,
    apiKeys: [API_KEY],
    sessionSecret: 'secret of the tests',
  });
  catalog = await startTestCatalog(postgres.url);
});
after(async () => {
  runner.close();
  await catalog.close();
  await monolith.close();
  await postgres.stop();
});

function verify(service: string, listing?: Parameters<typeof verifyPacts>[0]['listing']) {
  return verifyPacts({
    service: 'catalog',
    urls: { monolith: monolith.url, service },
    apiKey: API_KEY,
    runner,
    ...(listing && { listing }),
  });
}

test('the monolith and the catalog keep the contract with the web shop', async () => {
  const { results, problems } = await verify(catalog.url);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    results.map(({ evidence: { side, consumer }, failures }) => [side, consumer, failures]),
    [
      ['monolith', 'web-shop', []],
      ['service', 'web-shop', []],
    ],
  );
});

test('with dropped-null, the catalog breaks the contract with the web shop', async () => {
  const faulty = await startTestCatalog(postgres.url, { CATALOG_FAULTS: 'dropped-null' });
  try {
    const { results } = await verify(faulty.url);
    const problems = results[1]?.failures.flatMap((failure) => failure.problems) ?? [];
    assert.match(problems.join('\n'), /missing the following keys: description/);
  } finally {
    await faulty.close();
  }
});

test('a draft of what the monolith answered is kept by both', async () => {
  const target = '/api/products?limit=20&q=hose';
  const answer = await fetch(monolith.url + target);
  const draft = draftPact({
    pair: {
      id: 'pair-1',
      migration: 'catalog',
      route: 'GET /api/products',
      at: new Date().toISOString(),
      control: 'monolith',
      outcome: 'agreed',
      differences: [],
      monolithMs: 1,
      serviceMs: 1,
      request: { method: 'GET', target, headers: ['accept', '*/*'], body: '' },
      monolith: { status: answer.status, headers: [...answer.headers].flat(), body: await answer.text() },
    },
    template: '/api/products',
    consumer: 'search-box',
    provider: 'catalog',
  });
  assert.ok('pact' in draft);
  const read = parsePact('draft.json', JSON.stringify(draft.pact));
  assert.ok('pact' in read);
  const { results } = await verify(catalog.url, { pacts: [read.pact], problems: [] });
  assert.deepEqual(
    results.map(({ failures }) => failures),
    [[], []],
  );
});
