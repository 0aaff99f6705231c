import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, pairOf, placesOf } from '../sample-pair.ts';

type Case = [what: string, monolith: string[], service: string[], differences: string[], ignore?: string[]];

const cases: Case[] = [
  ['names in another case', ['ETag', 'a'], ['etag', 'a'], []],
  ['another value', ['ETag', 'a'], ['ETag', 'b'], ['header:etag value']],
  ['a header the service lacks', ['X-Total', '1'], [], ['header:x-total missing']],
  ['a header the monolith lacks', [], ['X-Total', '1'], ['header:x-total extra']],
  ['two lines and one list', ['X-A', '1', 'X-A', '2'], ['X-A', '1,2'], []],
  ['values in another order', ['X-A', '1', 'X-A', '2'], ['X-A', '2', 'X-A', '1'], ['header:x-a value']],
  [
    'what belongs to a connection',
    ['Connection', 'close', 'Keep-Alive', 'timeout=5'],
    ['Transfer-Encoding', 'chunked'],
    [],
  ],
  ['what a connection names', ['Connection', 'close, X-Hop', 'X-Hop', '1'], ['X-Hop', '2'], []],
  ['all of proxy-*', ['Proxy-Status', 'a'], ['Proxy-Authenticate', 'b'], []],
  [
    'what varies by nature',
    ['Date', 'a', 'Server', 'x', 'X-Request-Id', '1'],
    ['Date', 'b', 'Via', 'y', 'X-Powered-By', 'z'],
    [],
  ],
  ['Content-Length of an answer to GET', ['Content-Length', '10'], ['Content-Length', '11'], []],
  ['Content-Encoding', ['Content-Encoding', 'gzip'], ['Content-Encoding', 'br'], []],
  ['Vary on Accept-Encoding', ['Vary', 'Accept-Encoding'], [], []],
  ['Vary in another order', ['Vary', 'Origin, Cookie'], ['vary', 'cookie,accept-encoding,origin'], []],
  ['Vary on another field', ['Vary', 'Origin'], ['Vary', 'Cookie'], ['header:vary value']],
  [
    'Content-Type written otherwise',
    ['Content-Type', 'text/html; charset=UTF-8'],
    ['content-type', 'Text/HTML;charset="utf-8"'],
    [],
  ],
  [
    'Content-Type of JSON with a charset',
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Content-Type', 'application/json'],
    [],
  ],
  [
    'another charset',
    ['Content-Type', 'text/html; charset=latin1'],
    ['Content-Type', 'text/html; charset=utf-8'],
    ['header:content-type value'],
  ],
  ['an ignored header', ['ETag', 'a'], ['ETag', 'b'], [], ['header:etag']],
  [
    'the same cookies in another order',
    ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
    ['Set-Cookie', 'b=2', 'Set-Cookie', 'a=1'],
    [],
  ],
  [
    'a cookie the service does not set',
    ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
    ['Set-Cookie', 'b=2'],
    ['header:set-cookie/a missing'],
  ],
  [
    'another cookie value',
    ['Set-Cookie', 'a=1; Path=/'],
    ['Set-Cookie', 'a=2; path=/'],
    ['header:set-cookie/a/value value'],
  ],
  [
    'another cookie path',
    ['Set-Cookie', 'a=1; Path=/'],
    ['Set-Cookie', 'a=1; Path=/api'],
    ['header:set-cookie/a/path value'],
  ],
  [
    'a cookie without HttpOnly',
    ['Set-Cookie', 'a=1; HttpOnly'],
    ['Set-Cookie', 'a=1'],
    ['header:set-cookie/a/httponly missing'],
  ],
  [
    'a cookie value ignored',
    ['Set-Cookie', 'a=1; HttpOnly'],
    ['Set-Cookie', 'a=2'],
    ['header:set-cookie/a/httponly missing'],
    ['header:set-cookie/a/value'],
  ],
  ['a cookie ignored', ['Set-Cookie', 'a=1; HttpOnly'], ['Set-Cookie', 'a=2'], [], ['header:set-cookie/a']],
  ['all cookies ignored', ['Set-Cookie', 'a=1'], [], [], ['header:set-cookie']],
  [
    'cookies that expire as many seconds from now',
    ['Set-Cookie', 'a=1; Expires=Tue, 03 Nov 2026 10:00:00 GMT'],
    ['Set-Cookie', 'a=1; Expires=Tue, 03 Nov 2026 10:00:01 GMT'],
    [],
  ],
  ['a header named __proto__', ['__proto__', 'a'], ['__proto__', 'b'], ['header:__proto__ value']],
];

describe('headers', () => {
  for (const [what, monolith, service, differences, ignore = []] of cases) {
    it(`${what}: ${differences.join(', ') || 'agree'}`, () => {
      const pair = pairOf(answer({ headers: monolith }), answer({ headers: service }));
      assert.deepEqual(placesOf(pair, { ignore }), differences);
    });
  }

  it('Content-Length of an answer to HEAD is all there is of a body: compared', () => {
    const sides = [
      answer({ headers: ['Content-Length', '10'] }),
      answer({ headers: ['Content-Length', '11'] }),
    ] as const;
    assert.deepEqual(placesOf(pairOf(...sides, { method: 'HEAD' })), ['header:content-length value']);
  });
});

describe('status', () => {
  it('another status of the same sort: the rest is compared as well', () => {
    const pair = pairOf(answer({ status: 200, headers: ['X-A', '1'] }), answer({ status: 201 }));
    assert.deepEqual(placesOf(pair), ['status value', 'header:x-a missing']);
  });

  it('a success and an error: the status alone is the difference', () => {
    const pair = pairOf(answer({ status: 200, headers: ['X-A', '1'] }), answer({ status: 500 }));
    assert.deepEqual(placesOf(pair), ['status value']);
  });

  it('ignored: the rest is compared', () => {
    const pair = pairOf(answer({ status: 200, headers: ['X-A', '1'] }), answer({ status: 500 }));
    assert.deepEqual(placesOf(pair, { ignore: ['status'] }), ['header:x-a missing']);
  });
});
