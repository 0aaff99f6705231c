import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  type Answer,
  folderWith,
  getProduct,
  pactOf,
  startProvider,
  upstreamAt,
  verify,
} from './provider.ts';

const right: Answer = () => ({ json: { id: 'P-000017', name: 'Can', price: 3.75 } });
const wrong: Answer = () => ({ status: 201, json: { id: 'P-000017', name: 5 } });

describe('verifying contracts', () => {
  it('a right and a wrong side: one passes, the other fails with what was expected and got', async (test) => {
    const dir = await folderWith(test, { 'web-shop-catalog.json': pactOf([getProduct]) });
    const monolith = await startProvider(test, right);
    const service = await startProvider(test, wrong);
    const { results, problems } = await verify(dir, {
      monolith: monolith.upstream,
      service: service.upstream,
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      results.map(({ evidence }) => evidence.outcome),
      ['passed', 'failed'],
    );
    const { pactHash, ...evidence } = results[0]!.evidence;
    assert.match(pactHash, /^[0-9a-f]{64}$/);
    assert.deepEqual(evidence, {
      side: 'monolith',
      consumer: 'web-shop',
      build: 'm1',
      outcome: 'passed',
      interactions: ['GET /api/products/P-000017'],
      at: '2026-11-03T00:00:00.000Z',
    });
    assert.deepEqual(results[0]?.failures, []);
    const [failure] = results[1]?.failures ?? [];
    assert.equal(failure?.subject, 'GET /api/products/P-000017: a request for a product');
    assert.deepEqual(failure?.problems.toSorted(), [
      "body $.name: Expected 5 (Integer) to be the same type as 'Hose' (String)",
      'body $: Actual map is missing the following keys: price',
      'status: expected 200 but was 201',
    ]);
    assert.equal(results[1]?.evidence.build, 's1');
  });

  it('a pact of another provider is not verified', async (test) => {
    const dir = await folderWith(test, { 'other.json': pactOf([getProduct], 'billing') });
    const { results, problems } = await verify(dir, { monolith: upstreamAt(1), service: upstreamAt(1) });
    assert.deepEqual(results, []);
    assert.deepEqual(problems, [`no pact in ${dir} has the provider "catalog"`]);
  });

  it('a side that refuses connections: fails and says so', async (test) => {
    const dir = await folderWith(test, { 'a.json': pactOf([getProduct]) });
    const { upstream } = await startProvider(test, right);
    const { results } = await verify(dir, { monolith: upstream, service: upstreamAt(1) });
    assert.deepEqual(
      results.map(({ evidence }) => evidence.outcome),
      ['passed', 'failed'],
    );
    assert.deepEqual(results[1]?.failures[0], {
      subject: 'connection',
      problems: ['connect ECONNREFUSED 127.0.0.1:1'],
    });
  });

  it('a side that is slow beyond its own deadline: fails and says so', async (test) => {
    const dir = await folderWith(test, { 'a.json': pactOf([getProduct]) });
    const { upstream } = await startProvider(test, right);
    const { upstream: silent } = await startProvider(test, () => undefined);
    const { results } = await verify(dir, {
      monolith: upstream,
      service: { ...silent, responseTimeoutMs: 200 },
    });
    assert.deepEqual(results[1]?.failures[0], {
      subject: 'connection',
      problems: ['no answer within 200 ms'],
    });
  });

  it('a verification that takes too long: its process is killed and leaves nothing behind, the side fails', async (test) => {
    const dir = await folderWith(test, { 'a.json': pactOf([getProduct]) });
    const { upstream: silent } = await startProvider(test, () => undefined);
    const before = process.env['TMPDIR'];
    const temporary = await folderWith(test, {});
    process.env['TMPDIR'] = temporary;
    let most = 0;
    const look = setInterval(() => {
      most = Math.max(most, readdirSync(temporary).length);
    }, 20);
    test.after(() => {
      clearInterval(look);
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    });
    const started = performance.now();
    const { results } = await verify(
      dir,
      {
        monolith: { ...silent, responseTimeoutMs: 60_000 },
        service: { ...silent, responseTimeoutMs: 60_000 },
      },
      { timeoutMs: 700 },
    );
    assert.deepEqual([most, readdirSync(temporary)], [1, []]);
    assert.ok(performance.now() - started < 10_000);
    assert.deepEqual(
      results.map(({ evidence, failures }) => [evidence.outcome, failures]),
      [
        ['failed', [{ subject: 'verifier', problems: ['no result within 700 ms, so it was stopped'] }]],
        ['failed', [{ subject: 'verifier', problems: ['no result within 700 ms, so it was stopped'] }]],
      ],
    );
  });

  it('a process that fails: the side fails and says why', async (test) => {
    const dir = await folderWith(test, { 'a.json': pactOf([getProduct]) });
    const { upstream } = await startProvider(test, right);
    // No configuration lets such a host through; here it throws where nothing catches.
    const { results } = await verify(dir, { monolith: { ...upstream, host: 'a\nb' }, service: upstream });
    assert.deepEqual(
      results.map(({ evidence }) => evidence.outcome),
      ['failed', 'passed'],
    );
    assert.match(results[0]?.failures[0]?.problems[0] ?? '', /^its process failed: Invalid character/);
  });

  it('a pending interaction that is not met: a warning, and no proof for its route', async (test) => {
    const pending = {
      ...{ type: 'Synchronous/HTTP', pending: true, description: 'something new' },
      ...{ request: { method: 'GET', path: '/api/new' }, response: { status: 204 } },
    };
    const known = {
      type: 'Synchronous/HTTP',
      description: 'a product',
      request: getProduct.request,
      response: { status: 200 },
    };
    const pact = { ...pactOf([known, pending]), metadata: { pactSpecification: { version: '4.0' } } };
    const dir = await folderWith(test, { 'a.json': pact, 'catalog.yaml': 'states: {}' });
    const { upstream } = await startProvider(test, right);
    const { results } = await verify(dir, { monolith: upstream, service: upstream });
    const [result] = results;
    assert.equal(result?.evidence.outcome, 'passed');
    assert.deepEqual(result?.evidence.interactions, ['GET /api/products/P-000017']);
    assert.deepEqual(result?.interactions, ['GET /api/products/P-000017: a product']);
    assert.deepEqual(result?.warnings, [
      'pending and not met: GET /api/new: something new: status: expected 204 but was 200',
    ]);
  });

  it('a pact without interactions proves nothing: fails', async (test) => {
    const dir = await folderWith(test, { 'a.json': pactOf([]) });
    const { upstream } = await startProvider(test, right);
    const { results } = await verify(dir, { monolith: upstream, service: upstream });
    assert.deepEqual(
      results.map(({ evidence }) => evidence.outcome),
      ['failed', 'failed'],
    );
  });

  it('a route that is rewritten on the service: a warning there', async (test) => {
    const dir = await folderWith(test, { 'a.json': pactOf([getProduct]), 'catalog.yaml': 'states: {}' });
    const { upstream } = await startProvider(test, right);
    const route = {
      id: 'GET /api/a',
      method: 'GET',
      template: '/api/a',
      shadow: 'compare',
      rewrite: '/b',
    } as const;
    const migration = { id: 'products', service: 'catalog', routes: [route] };
    const { results } = await verify(dir, { monolith: upstream, service: upstream }, { migration });
    assert.deepEqual(
      results.map(({ warnings }) => warnings),
      [[], ['GET /api/a is rewritten to /b on the service, but verified without that']],
    );
  });

  it('an upstream with a base path, a host and a socket is asked by these', async (test) => {
    const dir = await folderWith(test, { 'a.json': pactOf([getProduct]) });
    const provider = await startProvider(test, right, path.join(dir, 'provider.sock'));
    const upstream = { ...provider.upstream, basePath: '/v2', host: 'shop.example' };
    const { results } = await verify(dir, { monolith: upstream, service: upstream });
    assert.deepEqual(
      results.map(({ evidence }) => evidence.outcome),
      ['passed', 'passed'],
    );
    assert.deepEqual(
      provider.seen.map(({ url, headers }) => [url, headers.host]),
      [
        ['/v2/api/products/P-000017', 'shop.example'],
        ['/v2/api/products/P-000017', 'shop.example'],
      ],
    );
  });

  it('a broken pact file: a problem, and the others are verified', async (test) => {
    const dir = await folderWith(test, { 'a.json': '{"consumer":', 'b.json': pactOf([getProduct]) });
    const { upstream } = await startProvider(test, right);
    const { results, problems } = await verify(dir, { monolith: upstream, service: upstream });
    assert.equal(results.length, 2);
    assert.match(problems.join(), /a\.json is not JSON/);
  });

  it('a body of a DELETE arrives', async (test) => {
    const interaction = {
      description: 'a removal',
      request: {
        method: 'DELETE',
        path: '/api/products',
        headers: { 'Content-Type': 'application/json' },
        body: { id: 'P-1' },
      },
      response: { status: 200 },
    };
    const dir = await folderWith(test, { 'a.json': pactOf([interaction]) });
    const { upstream, seen } = await startProvider(test, right);
    const { results } = await verify(dir, { monolith: upstream, service: upstream });
    assert.equal(results[0]?.evidence.outcome, 'passed');
    assert.equal(seen[0]?.body, '{"id":"P-1"}');
  });
});
