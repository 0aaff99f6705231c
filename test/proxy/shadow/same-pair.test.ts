import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompareRules, MapRule } from '../../../proxy/routing/model.ts';
import { defaultCompareLimits } from '../../../proxy/shadow/compare/limits.ts';
import type { UpstreamPlaces } from '../../../proxy/shadow/compare/own-places.ts';
import { compileJob, examinePair } from '../../../proxy/shadow/comparer-job.ts';
import { createRedactor } from '../../../proxy/shadow/redact.ts';
import { agreedPair, areSame } from '../../../proxy/shadow/same-pair.ts';
import { seeded } from './compare/random-documents.ts';
import { bytes, noRules, pairOf } from './sample-pair.ts';

const answer = (headers: readonly string[], body = 'x', status = 200) => ({
  outcome: 'complete' as const,
  status,
  headers,
  body: Buffer.from(body),
  durationMs: 1,
});
const compared = (compare: CompareRules, ofRoute?: CompareRules) => ({
  shadow: { compare, redact: [] },
  routes: [{ id: 'GET /api/products', ...(ofRoute && { compare: ofRoute }) }],
});
const rules = compared({ ignore: ['header:X-Side', 'body:/at'], unordered: [], tolerate: [] });
const same = (one: readonly string[], other: readonly string[], method = 'GET') =>
  areSame(method, answer(one), answer(other), rules) !== undefined;

test('names of headers are the same in any case; values and their order are not', () => {
  assert.ok(same(['ETag', '1', 'Vary', 'A'], ['etag', '1', 'VARY', 'A']));
  assert.ok(!same(['ETag', 'a'], ['ETag', 'A']));
  assert.ok(!same(['A', '1', 'B', '2'], ['B', '2', 'A', '1']));
});

test('headers that nobody compares, or the rules ignore, may be anywhere', () => {
  assert.ok(same(['Date', 'x', 'A', '1', 'x-side', 'm'], ['Server', 'y', 'A', '1']));
  assert.ok(!same(['A', '1'], ['A', '1', 'X-Other', '2']));
});

test('a length is as good as its body, but to HEAD, where there is none', () => {
  assert.ok(same(['Content-Length', '1'], ['Transfer-Encoding', 'chunked']));
  assert.ok(!same(['Content-Length', '1'], ['Content-Length', '2'], 'HEAD'));
});

test('another status or body is never the same, nor is what is not complete', () => {
  const hashed = { ...answer([]), outcome: 'hashed' as const, sha256: '', bytes: 1, detail: '' };
  assert.equal(areSame('GET', answer([]), answer([], 'x', 201), rules), undefined);
  assert.equal(areSame('GET', answer([]), answer([], 'y'), rules), undefined);
  assert.equal(areSame('GET', hashed, hashed, rules), undefined);
});

test('it is counted with what it covers', () => {
  const pair = agreedPair(
    {
      id: '1',
      migration: 'catalog',
      route: 'GET /a',
      at: '2026-01-01T00:00:00.000Z',
      control: 'monolith',
      request: { method: 'GET', target: '/a?page=2', headers: ['X-Role', 'admin'] },
      status: 404,
      headers: ['Content-Type', 'application/json'],
      monolithMs: 1,
      serviceMs: 2,
    },
    { from: 'header', name: 'x-role' },
  );
  assert.equal(pair.outcome, 'agreed');
  assert.deepEqual(pair.coverage, {
    method: 'GET',
    status: '4xx',
    type: 'application/json',
    query: 'page',
    use: 'GET 404 application/json page none',
    role: 'admin',
  });
});

test('a place named alike by both sides is left to comparing: each side may mean its own', () => {
  for (const header of ['Location', 'Content-Location', 'Set-Cookie'])
    assert.ok(!same([header, '/a'], [header, '/a']), header);
  const ignoring = compared({ ...noRules, ignore: ['header:location'] });
  assert.ok(areSame('GET', answer(['Location', '/a']), answer(['Location', '/a']), ignoring));
});

test('whatever is the same at sight agrees when it is compared, whatever the headers, rules and upstreams', () => {
  const random = seeded(7);
  const one = <Value>(values: readonly Value[]): Value => values[random(values.length)]!;
  const some = <Value>(most: number, value: () => Value): Value[] =>
    Array.from({ length: random(most + 1) }, value);
  const names = 'ETag Location Content-Location Set-Cookie Content-Type Connection Vary Expires X-A Date';
  const values = 'a b http://monolith.test:9000/base/x http://service.test:9001/new/x /base/x /new/x x';
  const cookies = ['sid=a; Domain=monolith.test', 'sid=a; Path=/base/x', 'sid=a; Path=/new', 'x-a', 'a=b'];
  const header = () => [one(names.split(' ')), one([...values.split(' '), ...cookies])];
  const map = (): MapRule =>
    one<MapRule>([
      { at: one(['header:x-a', 'body:/at']), ids: true },
      {
        at: one(['header:x-a', 'header:etag', 'body:/at']),
        pattern: one(['a', 'x']),
        to: 'c',
        side: one(['monolith', 'service', 'both']),
      },
    ]);
  const someRules = (): CompareRules => ({
    ...noRules,
    ignore: some(2, () => one(['header:x-a', 'header:Location', 'header:set-cookie/sid', 'body:', 'status'])),
    map: some(1, map),
  });
  const places = (name: string, basePath: string): UpstreamPlaces => ({
    scheme: 'http',
    authorities: [`${name}.test:${name === 'monolith' ? 9000 : 9001}`],
    basePath,
    rewrites: one([[], [{ template: '/x', rewrite: '/new/x' }]]),
  });
  let found = 0;
  for (let round = 0; round < 20_000; round++) {
    const headers = some(3, header).flat();
    const otherHeaders = random(8) === 0 ? some(3, header).flat() : headers;
    const [monolith, service] = [answer(headers), answer(otherHeaders)];
    const method = one(['GET', 'HEAD']);
    const migration = compared(someRules(), random(2) === 0 ? someRules() : undefined);
    if (areSame(method, monolith, service, migration) === undefined) continue;
    found++;
    const upstreams = {
      monolith: places('monolith', '/base'),
      service: places('service', one(['', '/new'])),
    };
    const job = compileJob(
      { id: 'catalog', rulesHash: 'r', ...migration, upstreams },
      createRedactor(bytes('key')),
      defaultCompareLimits,
    );
    const { outcome, differences } = examinePair(pairOf(monolith, service, { method }), job);
    assert.equal(outcome, 'agreed', JSON.stringify({ round, headers, otherHeaders, migration, differences }));
  }
  assert.ok(found > 3000, `${found} same pairs among them`);
});
