import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedExchange } from '../../../proxy/recording/schema.ts';
import { type Preparation, prepareRequest, readHeader } from '../../../proxy/replay/prepare-request.ts';
import { sampleExchange } from '../recording/sample-recording.ts';

const nothing: Preparation = { secrets: new Map(), headers: [], unsafe: 'skip' };
const withRequest = (request: Partial<RecordedExchange['request']>) =>
  sampleExchange(1, { request: { method: 'GET', target: '/a', headers: [], ...request } });

test('what belonged to the recorded connection is not sent, and order and case of the rest stay', () => {
  const headers = [
    'Host',
    'shop.test',
    'Connection',
    'keep-alive',
    'X-B',
    '1',
    'TE',
    'trailers',
    'x-a',
    '2',
    'Ficus-Shadow',
    'compare',
  ];
  const prepared = prepareRequest(withRequest({ headers }), nothing);
  assert.ok(prepared.ok);
  assert.deepEqual(prepared.request.headers, ['Host', 'shop.test', 'X-B', '1', 'x-a', '2']);
});

test('a header that was redacted is left out, replaced by --header, or revealed', () => {
  const exchange = withRequest({ headers: ['Authorization', '‹redacted:1a2b3c4d›', 'X-Id', 'a'] });
  const sent = (preparation: Partial<Preparation>) => {
    const prepared = prepareRequest(exchange, { ...nothing, ...preparation });
    return prepared.ok ? prepared.request.headers : prepared.reason;
  };
  assert.deepEqual(sent({}), ['X-Id', 'a']);
  assert.deepEqual(sent({ headers: [['authorization', 'Bearer new']] }), [
    'X-Id',
    'a',
    'authorization',
    'Bearer new',
  ]);
  const secrets = new Map([['‹redacted:1a2b3c4d›', 'Bearer old']]);
  assert.deepEqual(sent({ secrets }), ['Authorization', 'Bearer old', 'X-Id', 'a']);
  // Nobody writes header lines through the secrets file.
  assert.deepEqual(sent({ secrets: new Map([['‹redacted:1a2b3c4d›', 'x\r\nEvil: 1']]) }), ['X-Id', 'a']);
});

const skipped: [string, Partial<RecordedExchange['request']>, string][] = [
  ['an unsafe method', { method: 'POST' }, 'unsafe method'],
  ['a redacted query', { target: '/a?token=‹redacted:1a2b3c4d›' }, 'redacted path or query'],
  ['a redacted body', { body: { text: '{"pin":"‹redacted:1a2b3c4d›"}' } }, 'redacted body'],
  ['a body that was not recorded', { body: { omitted: '<image/png, 5 bytes>' } }, 'body not recorded'],
  ['an upgrade', { headers: ['Upgrade', 'websocket'] }, 'upgrade'],
  ['a target with a line end', { target: '/a\r\nX: y' }, 'not sendable'],
];
for (const [what, request, reason] of skipped) {
  test(`a request with ${what} is not sent, and the reason is told`, () => {
    assert.deepEqual(prepareRequest(withRequest(request), nothing), { ok: false, reason });
  });
}

test('an unsafe request is sent when that was asked for, never TRACE or CONNECT', () => {
  assert.equal(prepareRequest(withRequest({ method: 'POST' }), { ...nothing, unsafe: 'send' }).ok, true);
  assert.equal(prepareRequest(withRequest({ method: 'TRACE' }), { ...nothing, unsafe: 'send' }).ok, false);
});

test('--header is a name and a value, of no connection', () => {
  assert.deepEqual(readHeader('Authorization: Bearer a:b'), ['Authorization', 'Bearer a:b']);
  assert.match(String(readHeader('nonsense')), /wants "Name: value"/);
  assert.match(String(readHeader('X: a\r\nY: b')), /wants "Name: value"/);
  assert.match(String(readHeader('Content-Length: 5')), /belongs to the connection/);
});
