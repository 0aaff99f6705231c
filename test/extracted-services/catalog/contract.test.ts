import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Verifier } from '@pact-foundation/pact';
import { parse } from 'yaml';
import { type Monolith, startMonolith } from '../../../examples/monolith/monolith.ts';
import { monolithData } from '../../support/monolith-data.ts';
import { startTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { API_KEY, startTestCatalog } from './test-catalog.ts';

type State = { steps?: { request: string; expectStatus: number }[]; values?: Record<string, string> };

const contracts = join(import.meta.dirname, '../../../contracts');
let database: TestDatabase;
let monolith: Monolith;
let states: Record<string, State>;

before(async () => {
  states = parse(await readFile(join(contracts, 'states/catalog.yaml'), 'utf8')).states;
  database = await startTestDatabase(monolithData);
  monolith = await startMonolith({
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    apiKeys: [API_KEY],
    sessionSecret: 'secret of the tests',
  });
});
after(async () => {
  await monolith.close();
  await database.stop();
});

test('the monolith keeps the contract with the web shop', () => verify(monolith.url));

test('the catalog keeps the contract with the web shop', () => verifyCatalog());

test('with dropped-null, the catalog breaks the contract with the web shop', async () => {
  await assert.rejects(
    verifyCatalog({ CATALOG_FAULTS: 'dropped-null' }),
    /missing the following keys: description/,
  );
});

async function verifyCatalog(environment: Record<string, string> = {}): Promise<void> {
  const catalog = await startTestCatalog(database.url, environment);
  try {
    await verify(catalog.url);
  } finally {
    await catalog.close();
  }
}

async function verify(providerBaseUrl: string): Promise<void> {
  const handlers = Object.entries(states).map(([name, state]) => [name, () => enter(state, providerBaseUrl)]);
  await new Verifier({
    provider: 'catalog',
    providerBaseUrl,
    pactUrls: [join(contracts, 'pacts/web-shop-catalog.json')],
    stateHandlers: Object.fromEntries(handlers),
    logLevel: 'error',
  }).verifyProvider();
}

async function enter(state: State, url: string): Promise<Record<string, string>> {
  for (const { request, expectStatus } of state.steps ?? []) {
    const [method = '', path = ''] = request.split(' ');
    const { status } = await fetch(new URL(path, url), { method });
    assert.equal(status, expectStatus, request);
  }
  const values = Object.entries(state.values ?? {}).map(([name, value]) => [
    name,
    value.replace('{{uuid}}', randomUUID()).replace('{{env:PACT_API_KEY}}', API_KEY),
  ]);
  return Object.fromEntries(values);
}
