import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ResponseParser } from '../../../proxy/data-plane/response-parser.ts';
import { chunked } from './parse-answer.ts';

/** What a sink that wants trailers is told, in order, however the bytes are cut. */
function heard(trailers: string): string[] {
  const outcomes = [Number.POSITIVE_INFINITY, 1, 7].map((step) => {
    const events: string[] = [];
    const parser = new ResponseParser({
      onInformation() {},
      onHead() {},
      onBody() {},
      onTrailers: (flat) => events.push(...flat),
      onEnd: () => events.push('end'),
    });
    parser.begin('GET');
    const bytes = Buffer.from(`${chunked}2\r\nok\r\n0\r\n${trailers}\r\n`, 'latin1');
    for (let at = 0; at < bytes.length; at += step) {
      const problem = parser.execute(bytes.subarray(at, Math.min(bytes.length, at + step)));
      if (problem !== undefined) return [...events, problem];
    }
    return events;
  });
  assert.deepEqual(outcomes[1], outcomes[0]);
  assert.deepEqual(outcomes[2], outcomes[0]);
  return outcomes[0]!;
}

describe('trailers', () => {
  test('are handed on before the end, in order and case', () => {
    assert.deepEqual(heard('Server-Timing: db;dur=1\r\nx-SUM:  caf\xe9\t\r\nServer-Timing: b\r\n'), [
      'Server-Timing',
      'db;dur=1',
      'x-SUM',
      'caf\xe9',
      'Server-Timing',
      'b',
      'end',
    ]);
  });

  test('that are not there are not mentioned', () => {
    assert.deepEqual(heard(''), ['end']);
  });

  for (const name of [
    'Content-Length',
    'transfer_encoding',
    'Host',
    'Trailer',
    'Connection',
    'SET-COOKIE',
    'Set.Cookie',
    'Authorization',
    'WWW-Authenticate',
    'Content-Type',
    'Content-Encoding',
    'Location',
    'Cache-Control',
    'Access-Control-Allow-Origin',
    'If-None-Match',
    'X-Request-Id',
    'Ficus-Upstream',
    'Ficus_Migration',
  ]) {
    test(`named ${name} are dropped`, () => {
      assert.deepEqual(heard(`${name}: 1\r\nX-Sum: 2\r\n`), ['X-Sum', '2', 'end']);
      assert.deepEqual(heard(`${name}: 1\r\n`), ['end']);
    });
  }

  for (const line of ['no colon', 'X Y: 1', 'X : 1', ': 1', 'X: \0', ' X: folded', 'X: a\rb']) {
    test(`that are malformed make the answer invalid, before any is handed on: ${JSON.stringify(line)}`, () => {
      assert.deepEqual(heard(`X-Sum: 1\r\n${line}\r\n`), ['malformed trailer']);
    });
  }

  test('over 16 KiB make the answer invalid', () => {
    assert.deepEqual(heard(`X-Sum: ${'1'.repeat(20_000)}\r\n`), ['trailers too large']);
  });
});
