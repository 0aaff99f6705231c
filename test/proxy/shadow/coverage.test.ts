import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoleSource } from '../../../proxy/routing/model.ts';
import { coverageOf } from '../../../proxy/shadow/coverage.ts';
import type { Answer, Pair } from '../../../proxy/shadow/pair.ts';

function pair(target: string, headers: readonly string[] = [], monolith: Partial<Answer> = {}): Pair {
  const answer = {
    outcome: 'complete',
    status: 404,
    headers: ['Content-Type', 'Application/JSON; charset=utf-8'],
    body: new Uint8Array(),
    durationMs: 1,
    ...monolith,
  } as Answer;
  return {
    id: 'p',
    migration: 'catalog',
    route: 'GET /api/products',
    at: '2026-11-24T10:00:00.000Z',
    control: 'monolith',
    request: { method: 'GET', target, headers, body: new Uint8Array() },
    monolith: answer,
    service: answer,
  };
}

const jwt = (claims: object) =>
  `Bearer ${['{"alg":"RS256"}', JSON.stringify(claims)].map((part) => Buffer.from(part).toString('base64url')).join('.')}.c2ln`;

describe('coverageOf', () => {
  test('An answer and a query are there, their class, type and shape are counted', () => {
    assert.deepEqual(
      coverageOf(pair('/api/products?size=5&page=2&page=3', ['content-type', 'text/csv']), undefined),
      {
        method: 'GET',
        status: '4xx',
        type: 'application/json',
        query: 'page,size',
        use: 'GET 404 application/json page,size text/csv',
      },
    );
  });

  test('The monolith gave no answer and there is no query, it says none', () => {
    const failed = { outcome: 'timed-out', status: undefined, headers: undefined, detail: '' } as object;
    const {
      status: _,
      headers: __,
      ...timedOut
    } = { ...pair('/').monolith, ...failed } as Record<string, unknown>;
    const one = { ...pair('/api/products'), monolith: timedOut as unknown as Answer };
    assert.deepEqual(coverageOf(one, undefined), {
      method: 'GET',
      status: 'none',
      type: 'none',
      query: 'none',
      use: 'GET none none none none',
    });
  });

  const role = (source: RoleSource, headers: readonly string[]) =>
    coverageOf(pair('/', headers), source).role;

  test('The role is in a header or in a claim, it is counted; of a list the first', () => {
    assert.equal(role({ from: 'header', name: 'x-role' }, ['X-Role', ' clerk ']), 'clerk');
    assert.equal(role({ from: 'claim', name: 'role' }, ['authorization', jwt({ role: 'admin' })]), 'admin');
    assert.equal(role({ from: 'claim', name: 'role' }, ['Authorization', jwt({ role: ['a', 'b'] })]), 'a');
  });

  test('There is no role, or no token that can be read, it says none', () => {
    const claim = { from: 'claim', name: '__proto__' } as const;
    for (const value of ['', 'Basic abc', 'Bearer a.b.c', 'Bearer a.bm90IGpzb24.c', jwt({ role: 'x' })])
      assert.equal(role(claim, ['authorization', value]), 'none');
    assert.equal(role({ from: 'header', name: 'x-role' }, []), 'none');
  });

  test('Secrets come as roles and as names of parameters, none is kept', () => {
    const secrets = [
      'anna@example.com',
      '4111111111111111',
      'DE89370400440532013000',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
      'a'.repeat(41),
      '<img src=x onerror=alert(1)>',
    ];
    for (const secret of secrets) {
      assert.equal(role({ from: 'header', name: 'x-role' }, ['x-role', secret]), 'odd');
      assert.equal(coverageOf(pair(`/?${encodeURIComponent(secret)}=1`), undefined).query, 'odd');
    }
    assert.equal(coverageOf(pair('/?%E0%A4%A=1'), undefined).query, 'odd');
  });

  test('A client sends thousands of parameters, the shape stays short', () => {
    const target = `/?${Array.from({ length: 5_000 }, (_, i) => `p${i % 999}x=${i}`).join('&')}`;
    assert.ok(coverageOf(pair(target), undefined).query.length < 600);
  });
});
