import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { recordExchange } from '../../../proxy/recording/record-exchange.ts';
import { onceOnly } from '../../../proxy/recording/redacted.ts';
import { exchangeSchema } from '../../../proxy/recording/schema.ts';
import { defaultCompareLimits } from '../../../proxy/shadow/compare/limits.ts';
import { createRedactor } from '../../../proxy/shadow/redact.ts';
import { compileRedaction } from '../../../proxy/shadow/redact-answer.ts';
import { answer, bytes, jsonAnswer } from '../shadow/sample-pair.ts';
import { liveExchange } from './sample-recording.ts';

const redactor = createRedactor(new Uint8Array(32).fill(7));
const context = {
  redactor,
  redacted: compileRedaction(['body:/customer/city']),
  limits: defaultCompareLimits,
};

test('no secret of a request or an answer is recorded', () => {
  const secrets = [
    's3cr3t-token-1',
    'alice@example.com',
    '4111111111111111',
    'Turku',
    'sid-value-99',
    'key-in-query',
  ];
  const recorded = recordExchange(
    liveExchange({
      request: {
        method: 'POST',
        target: '/api/orders?token=key-in-query',
        headers: [
          'Authorization',
          'Bearer s3cr3t-token-1',
          'Cookie',
          'sid=sid-value-99',
          'Content-Type',
          'application/json',
        ],
        body: bytes('{"email":"alice@example.com","card":4111111111111111}'),
      },
      answer: jsonAnswer({ customer: { city: 'Turku' }, password: 's3cr3t-token-1' }),
    }),
    context,
  );
  const text = JSON.stringify(recorded);
  assert.deepEqual(
    secrets.filter((secret) => text.includes(secret)),
    [],
  );
  assert.ok(exchangeSchema.safeParse(recorded).success);
});

test('a JSON body keeps every digit and each of its keys, and stays JSON where a number is hidden', () => {
  const body = '{"id":12345678901234567890,"zero":-0.0,"a":1,"a":2,"__proto__":3,"card":4111111111111111}';
  const recorded = recordExchange(liveExchange({ answer: jsonAnswer(body) }), context);
  const kept = recorded.answer?.body;
  assert.ok(kept && 'text' in kept);
  assert.match(
    kept.text,
    /^\{"id":12345678901234567890,"zero":-0\.0,"a":1,"a":2,"__proto__":3,"card":"‹redacted:[0-9a-f]{8}›"\}$/,
  );
});

test('a compressed body is recorded decoded, without the headers of its coding', () => {
  const headers = ['Content-Type', 'text/plain', 'Content-Encoding', 'gzip', 'Content-Length', '31'];
  const recorded = recordExchange(
    liveExchange({ answer: answer({ headers, body: gzipSync('hello') }) }),
    context,
  );
  assert.deepEqual(recorded.answer?.body, { text: 'hello' });
  assert.deepEqual(recorded.answer?.headers, ['Content-Type', 'text/plain']);
});

test('of a body that no detector can look into only the kind is recorded', () => {
  const headers = ['Content-Type', 'image/png'];
  const recorded = recordExchange(
    liveExchange({ answer: answer({ headers, body: bytes('\x89PNG') }) }),
    context,
  );
  assert.deepEqual(recorded.answer?.body, { omitted: '<image/png, 5 bytes>' });
});

test('what is hidden already is not hidden again', () => {
  const once = onceOnly(redactor);
  const hidden = redactor.hide('secret');
  assert.equal(once.hide(hidden), hidden);
  assert.equal(once.named('token', hidden), hidden);
  assert.equal(once.text(`<password>${hidden}</password> alice@example.com`).includes(hidden), true);
  assert.equal(once.text('alice@example.com'), redactor.text('alice@example.com'));
});
