import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readProviderStates } from '../../../../proxy/evidence/contracts/provider-states.ts';
import { folderWith, getProduct, pactOf, startProvider, verify } from './provider.ts';

describe('provider states', () => {
  it('steps are requests to the side that is verified, before the interaction', async (test) => {
    const dir = await folderWith(test, {
      'a.json': pactOf([{ ...getProduct, providerStates: [{ name: 'product P-000017 exists' }] }]),
      'catalog.yaml': `
states:
  product P-000017 exists:
    steps:
      - request: PUT /api/products/P-000017?force=1
        headers: { x-api-key: "{{env:PACT_KEY}}" }
        body: { name: Hose, tag: "{{uuid}}" }
        expectStatus: 204
      - request: GET /api/products/P-000017`,
    });
    const { upstream, seen } = await startProvider(test, ({ method }) =>
      method === 'PUT' ? { status: 204 } : { json: { id: 'P-000017', name: 'Can', price: 3.75 } },
    );
    const { results } = await verify(
      dir,
      { monolith: upstream, service: upstream },
      { env: { PACT_KEY: 'k-1234' } },
    );
    assert.deepEqual(
      results.flatMap(({ failures, warnings }) => [...failures, ...warnings]),
      [],
    );
    assert.deepEqual(
      seen.slice(0, 3).map(({ method, url }) => `${method} ${url}`),
      ['PUT /api/products/P-000017?force=1', 'GET /api/products/P-000017', 'GET /api/products/P-000017'],
    );
    assert.equal(seen[0]?.headers['x-api-key'], 'k-1234');
    assert.match(seen[0]?.body ?? '', /^\{"name":"Hose","tag":"[0-9a-f-]{36}"\}$/);
  });

  it('values are put into the request where the consumer takes them from the state', async (test) => {
    const interaction = {
      description: 'a new product',
      providerStates: [{ name: 'a SKU that is free' }, { name: 'a valid API key' }],
      request: {
        method: 'POST',
        path: '/api/products',
        headers: { 'Content-Type': 'application/json', 'X-Api-Key': 'an-api-key' },
        body: { sku: 'NEW-1' },
        generators: {
          body: { '$.sku': { type: 'ProviderState', expression: 'sku' } },
          header: { 'X-Api-Key': { type: 'ProviderState', expression: 'apiKey' } },
        },
      },
      response: { status: 201 },
    };
    const dir = await folderWith(test, {
      'a.json': pactOf([interaction]),
      'catalog.yaml':
        'states:\n  a SKU that is free: { values: { sku: "NEW-{{uuid}}" } }\n  a valid API key: { values: { apiKey: "{{env:PACT_KEY}}" } }',
    });
    const { upstream, seen } = await startProvider(test, () => ({ status: 201 }));
    const { results } = await verify(
      dir,
      { monolith: upstream, service: upstream },
      { env: { PACT_KEY: 'k-1234' } },
    );
    assert.deepEqual(
      results.map(({ evidence }) => evidence.outcome),
      ['passed', 'passed'],
    );
    assert.ok(seen.every(({ headers }) => headers['x-api-key'] === 'k-1234'));
    const skus = seen.map(({ body }) => (JSON.parse(body) as { sku: string }).sku);
    assert.match(skus[0] ?? '', /^NEW-[0-9a-f-]{36}$/);
    assert.notEqual(skus[0], skus[1]);
  });

  it('a value that a step takes from its answer is put into the request; one that is not there fails the state', async (test) => {
    const interaction = {
      description: 'a product made a moment ago',
      providerStates: [{ name: 'a product' }],
      request: {
        method: 'GET',
        path: '/api/products/P-1',
        generators: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the verifier that fills it in
          path: { type: 'ProviderState', expression: '/api/products/${productId}' },
        },
      },
      response: { status: 200 },
    };
    const stateTaking = (pointer: string) => ({
      'a.json': pactOf([interaction]),
      'catalog.yaml': `states:\n  a product:\n    steps: [{ request: POST /made, take: { productId: ${pointer} } }]`,
    });
    const { upstream, seen } = await startProvider(test, () => ({ json: { made: [{ id: 'P-77' }] } }));
    const taken = await verify(await folderWith(test, stateTaking('/made/0/id')), {
      monolith: upstream,
      service: upstream,
    });
    assert.equal(taken.results[0]?.evidence.outcome, 'passed');
    assert.equal(seen[1]?.url, '/api/products/P-77');
    const missing = await verify(await folderWith(test, stateTaking('/made/1/id')), {
      monolith: upstream,
      service: upstream,
    });
    assert.deepEqual(missing.results[0]?.failures[0], {
      subject: 'state "a product"',
      problems: ['The answer to POST /made has no value at /made/1/id'],
    });
  });

  it('a step with the wrong status fails the verification, though the interaction itself passes', async (test) => {
    const dir = await folderWith(test, {
      'a.json': pactOf([{ ...getProduct, providerStates: [{ name: 'none left' }] }]),
      'catalog.yaml':
        'states:\n  none left:\n    steps:\n      - { request: GET /api/stock, expectStatus: 404 }',
    });
    const { upstream } = await startProvider(test, () => ({
      json: { id: 'P-000017', name: 'Can', price: 3.75 },
    }));
    const { results } = await verify(dir, { monolith: upstream, service: upstream });
    assert.equal(results[0]?.evidence.outcome, 'failed');
    assert.deepEqual(results[0]?.failures, [
      { subject: 'state "none left"', problems: ['GET /api/stock answered 200, expected 404'] },
    ]);
  });

  it('a variable that is not set fails the state and names it; one of another prefix never reaches it', async (test) => {
    const dir = await folderWith(test, {
      'a.json': pactOf([{ ...getProduct, providerStates: [{ name: 'a key' }] }]),
      'catalog.yaml': 'states:\n  a key: { values: { key: "{{env:PACT_NONE}}" } }',
    });
    const { upstream } = await startProvider(test, () => ({
      json: { id: 'P-000017', name: 'Can', price: 3.75 },
    }));
    const { results } = await verify(dir, { monolith: upstream, service: upstream });
    assert.deepEqual(results[0]?.failures, [
      {
        subject: 'state "a key"',
        problems: ['PACT_NONE is not set: set it in the environment of the proxy that verifies'],
      },
    ]);
  });

  it('a state that the file lacks is a warning', async (test) => {
    const dir = await folderWith(test, {
      'a.json': pactOf([{ ...getProduct, providerStates: [{ name: 'unheard of' }] }]),
      'catalog.yaml': 'states:',
    });
    const { upstream } = await startProvider(test, () => ({
      json: { id: 'P-000017', name: 'Can', price: 3.75 },
    }));
    const { results } = await verify(dir, { monolith: upstream, service: upstream });
    assert.equal(results[0]?.evidence.outcome, 'passed');
    assert.deepEqual(results[0]?.warnings, [
      'state "unheard of" is not in the states file, so nothing is set up for it',
    ]);
  });

  it('a secret that the provider repeats is not in the failures', async (test) => {
    const interaction = {
      ...getProduct,
      providerStates: [{ name: 'a key' }],
      response: { status: 200, body: { name: 'Hose' } },
    };
    const dir = await folderWith(test, {
      'a.json': pactOf([interaction]),
      'catalog.yaml': 'states:\n  a key: { values: { key: "{{env:PACT_KEY}}" } }',
    });
    const { upstream } = await startProvider(test, () => ({ json: { name: 'your key is k-1234' } }));
    const { results } = await verify(
      dir,
      { monolith: upstream, service: upstream },
      { env: { PACT_KEY: 'k-1234' } },
    );
    const kept = JSON.stringify(results);
    assert.ok(kept.includes('your key is <PACT_KEY>') && !kept.includes('k-1234'), kept);
  });
});

describe('a states file with mistakes', () => {
  const cases: [what: string, file: string, problem: string][] = [
    ['no YAML', 'states: [', ':1:10 '],
    ['a key twice', 'states:\n  a: {}\n  a: {}', ':3:3 Map keys must be unique'],
    ['no states', 'state: {}', ':1:1  Unrecognized key: "state"'],
    [
      'a step without a path',
      'states:\n  a:\n    steps:\n      - request: GET',
      ':4:18 states.a.steps.0.request must be a method and a path',
    ],
    [
      'a status that is none',
      'states:\n  a:\n    steps:\n      - request: GET /\n        expectStatus: 20',
      ':5:23 states.a.steps.0.expectStatus Too small',
    ],
    [
      'an unknown placeholder',
      'states:\n  a: { values: { b: "{{uid}}" } }',
      ':2:21 states.a.values.b has {{uid}}, which is unknown',
    ],
    [
      'a variable of another prefix',
      'states:\n  a: { values: { b: "{{env:DATABASE_URL}}" } }',
      ':2:21 states.a.values.b has {{env:DATABASE_URL}}: only variables',
    ],
    ['an alias', 'states:\n  a: &x { values: { b: 1 } }\n  c: *x', "can't be read as YAML"],
    ['ten thousand brackets', '['.repeat(10_000), 'catalog.yaml'],
  ];
  for (const [what, file, problem] of cases) {
    it(`${what}: refused with the place`, async (test) => {
      const dir = await folderWith(test, { 'catalog.yaml': file });
      const read = await readProviderStates(dir, 'catalog');
      assert.equal(read.ok, false);
      const problems = read.ok ? [] : read.problems;
      assert.ok(
        problems.some((each) => each.includes(problem)),
        problems.join('\n').slice(0, 500),
      );
    });
  }

  it('nothing is verified', async (test) => {
    const dir = await folderWith(test, { 'a.json': pactOf([getProduct]), 'catalog.yaml': 'states: 5' });
    const { upstream, seen } = await startProvider(test, () => ({}));
    const { results, problems } = await verify(dir, { monolith: upstream, service: upstream });
    assert.deepEqual([results, seen], [[], []]);
    assert.match(problems.join(), /catalog\.yaml:1:9 states Invalid input/);
  });

  it('no file is a warning', async (test) => {
    const dir = await folderWith(test, {});
    assert.deepEqual(await readProviderStates(dir, 'catalog'), {
      ok: true,
      states: {},
      messages: { path: '/.well-known/ficus/messages', headers: {} },
      warnings: [`${path.join(dir, 'catalog.yaml')} is not there: no provider state is set up`],
    });
  });
});
