import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readDocument } from '../../../proxy/openapi/document.ts';
import { defaultCompareLimits } from '../../../proxy/shadow/compare/limits.ts';
import { compileDescription, type Description } from '../../../proxy/shadow/described-answers.ts';
import { failedSides } from '../../../proxy/shadow/failed-sides.ts';
import type { Answer, Pair } from '../../../proxy/shadow/pair.ts';
import { createRedactor } from '../../../proxy/shadow/redact.ts';

const read = readDocument(`
openapi: 3.1.0
paths:
  /base/v2/things/{id}:
    get:
      responses:
        "200":
          content:
            application/json:
              schema:
                type: object
                properties: { price: { type: number }, byId: { additionalProperties: { type: number } } }
                additionalProperties: false
`);
assert.ok(read.ok);
const { document, hash } = read;
const redactor = createRedactor(new Uint8Array(32));

function answer(body: unknown, encode = (bytes: Buffer): Uint8Array => bytes): Answer {
  const bytes = encode(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  const headers = [
    'Content-Type',
    'application/json; charset=utf-8',
    ...(bytes[0] === 0x1f ? ['content-encoding', 'gzip'] : []),
  ];
  return { outcome: 'complete', status: 200, headers, body: bytes, durationMs: 1 };
}

function check(monolith: Answer, service: Answer, more: Partial<Description> & { target?: string } = {}) {
  const { target = '/base/v2/things/7?a=b', ...description } = more;
  const compiled = compileDescription(
    { hash, document, basePath: '', rewrites: {}, ...description },
    redactor,
    defaultCompareLimits,
  );
  const request = { method: 'GET', target, headers: [], body: new Uint8Array() };
  return compiled({ route: 'GET /things', request, monolith, service } as unknown as Pair);
}

describe('answers held against a description', () => {
  test('Each side is told what of it does not fit', () =>
    assert.deepEqual(check(answer({ price: 'no' }), answer({ price: 1 })), {
      hash,
      monolith: ['/price must be number, not string'],
      service: [],
    }));

  test('A side without a whole answer is not held against it', () => {
    const timedOut: Answer = { outcome: 'timed-out', detail: 'over 1000 ms', durationMs: 1000 };
    assert.deepEqual(check(answer({}), timedOut), { hash, monolith: [] });
  });

  test('Compressed bodies are read; what is no JSON is said; what is too large to read is not', () => {
    const described = check(answer({ price: 'no' }, gzipSync), answer('{"price":'));
    assert.deepEqual(described?.monolith, ['/price must be number, not string']);
    assert.deepEqual(described?.service, ['the body is no JSON']);
    const bomb = answer(`{"price":"${'a'.repeat(20_000_000)}"}`, gzipSync);
    assert.deepEqual(check(bomb, bomb)?.service, []);
  });

  for (const [name, more] of [
    ["the service's base path", { target: '/v2/things/7', basePath: '/base' }],
    [
      'a rewrite',
      {
        target: '/things/7',
        rewrites: { 'GET /things': { template: '/things/{id}', rewrite: '/base/v2/things/{id}' } },
      },
    ],
    [
      'a rewrite of a subtree',
      {
        target: '/old/things/7',
        rewrites: { 'GET /things': { template: '/old/**', rewrite: '/base/v2/**' } },
      },
    ],
  ] as const) {
    test(`The operation is found through ${name}`, () =>
      assert.deepEqual(check(answer({ price: 'no' }), answer({}), more)?.monolith, [
        '/price must be number, not string',
      ]));
  }

  test('Neither values nor names that may be secrets or ids are told', () => {
    const secrets = { 'anna@example.com': 1, byId: { 'P-000017': 'hunter2', 'P-000018': 'hunter3' } };
    const told = check(answer(secrets), answer({}))!.monolith!;
    assert.deepEqual(told.toSorted()[0], '/byId/{id} must be number, not string');
    assert.equal(told.length, 2);
    assert.doesNotMatch(told.join(), /anna|hunter|P-0000/);
  });
});

describe('failedSides', () => {
  const status = (code: number) => ({ ...answer({}), status: code }) as Answer;
  const none = (outcome: 'failed' | 'timed-out' | 'too-large'): Answer => ({
    outcome,
    detail: '',
    durationMs: 1,
  });
  for (const [monolith, service, failed] of [
    [status(200), status(499), undefined],
    [status(200), status(500), 'service'],
    [status(503), status(200), 'monolith'],
    [status(500), none('timed-out'), 'both'],
    [status(200), none('failed'), 'service'],
    [none('too-large'), none('too-large'), undefined],
  ] as const) {
    const text = (one: Answer) => ('status' in one ? one.status : one.outcome);
    test(`${text(monolith)} and ${text(service)} is ${failed ?? 'none'}`, () =>
      assert.equal(failedSides({ monolith, service }), failed));
  }
});
