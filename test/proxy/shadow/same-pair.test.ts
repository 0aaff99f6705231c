import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreedPair, areSame } from '../../../proxy/shadow/same-pair.ts';

const answer = (headers: readonly string[], body = 'x', status = 200) => ({
  outcome: 'complete' as const,
  status,
  headers,
  body: Buffer.from(body),
  durationMs: 1,
});
const rules = { ignore: ['header:X-Side', 'body:/at'], unordered: [], tolerate: [] };
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
  const expected = { method: 'GET', status: '4xx', type: 'application/json', query: 'page', role: 'admin' };
  assert.deepEqual(pair.coverage, expected);
});
