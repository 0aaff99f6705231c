import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeSchema } from '../../../proxy/recording/schema.ts';
import { exchangeOfStored } from '../../../proxy/recording/stored-exchange.ts';
import { defaultCompareLimits } from '../../../proxy/shadow/compare/limits.ts';
import { compileJob, examinePair } from '../../../proxy/shadow/comparer-job.ts';
import type { Answer, CapturedRequest } from '../../../proxy/shadow/pair.ts';
import { createRedactor } from '../../../proxy/shadow/redact.ts';
import { answer, bytes, jsonAnswer, noRules, pairOf } from '../shadow/sample-pair.ts';

/** What becomes of a pair that differs once it was compared, stored and exported. */
function exported(monolith: Answer, request: Partial<CapturedRequest> = {}) {
  const migration = { id: 'catalog', rulesHash: 'x', shadow: { compare: noRules, redact: [] } };
  const job = compileJob(migration, createRedactor(new Uint8Array(32)), defaultCompareLimits);
  const pair = examinePair(pairOf(monolith, answer({ status: 500 }), request), job);
  const exchange = exchangeOfStored(pair);
  assert.ok(exchangeSchema.safeParse(exchange).success, JSON.stringify(exchange));
  return exchange;
}

test('a stored pair is exported with its request, the answer the client got, and what differed', () => {
  const exchange = exported(jsonAnswer({ price: 2.36 }), { headers: ['Accept', '*/*'] });
  assert.deepEqual(exchange?.request, { method: 'GET', target: '/api/products', headers: ['Accept', '*/*'] });
  assert.equal(exchange?.answer?.status, 200);
  assert.deepEqual(
    exchange?.differences?.map(({ place, kind }) => [place, kind]),
    [['status 200→500', 'value']],
  );
});

test('a body that was stored with a hidden number is JSON again', () => {
  const body = exported(jsonAnswer('{"card":4111111111111111,"cards":[4111111111111111]}'))?.answer?.body;
  assert.ok(body && 'text' in body);
  const { card, cards } = JSON.parse(body.text);
  assert.match(card, /^‹redacted:[0-9a-f]{8}›$/);
  assert.deepEqual(cards, [card]);
});

test('what was stored as a note, or cut, is not taken for a body', () => {
  const image = answer({ headers: ['Content-Type', 'image/png'], body: bytes('\x89PNG') });
  assert.match(JSON.stringify(exported(image)?.answer?.body), /"omitted":"<image\/png, 5 bytes/);
  const long = jsonAnswer({ text: 'long words '.repeat(10_000) });
  assert.deepEqual(exported(long)?.answer?.body, { omitted: 'cut when it was stored' });
  const html = answer({ headers: ['Content-Type', 'text/html'], body: bytes('<br>') });
  assert.ok('text' in (exported(html)?.answer?.body ?? {}));
});
