import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { comparePair } from '../../../../proxy/shadow/compare/compare-pair.ts';
import { answer, pairOf, placesOf, settingsOf } from '../sample-pair.ts';

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
  ['Allow in another order', ['Allow', 'GET, HEAD'], ['Allow', 'HEAD,GET'], []],
  [
    'Cache-Control in another order',
    ['Cache-Control', 'private, max-age=60'],
    ['Cache-Control', 'MAX-AGE="60",private'],
    [],
  ],
  [
    'another max-age',
    ['Cache-Control', 'private, max-age=60'],
    ['Cache-Control', 'max-age=61, private'],
    ['header:cache-control/max-age value'],
  ],
  [
    'a directive the service lacks',
    ['Cache-Control', 'no-store, private'],
    ['Cache-Control', 'private'],
    ['header:cache-control/no-store missing'],
  ],
  [
    'a directive ignored',
    ['Cache-Control', 'max-age=1'],
    ['Cache-Control', 'max-age=2'],
    [],
    ['header:cache-control/max-age'],
  ],
  [
    'sources of a policy in another order',
    ['Content-Security-Policy', "img-src a.example 'self'; default-src 'none'"],
    ['Content-Security-Policy', "default-src 'none'; img-src 'self' a.example"],
    [],
  ],
  [
    'links in another order',
    ['Link', '</a>; rel=next; title="x, y", </b>; rel=prev'],
    ['Link', '</b>;rel="prev"', 'Link', '</a>;title="x, y";rel=next'],
    [],
  ],
  ['another link', ['Link', '</a>; rel=next'], ['Link', '</b>; rel=next'], ['header:link value']],
  [
    'one moment in two formats',
    ['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['Last-Modified', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    [],
  ],
  [
    'another moment',
    ['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['Last-Modified', 'Sun, 06 Nov 1994 08:49:38 GMT'],
    ['header:last-modified value'],
  ],
  [
    'Expires a second apart',
    ['Expires', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['Expires', 'Sun, 06 Nov 1994 08:49:38 GMT'],
    [],
  ],
  [
    'Expires that is over, and one that is not',
    ['Expires', '0'],
    ['Expires', 'Sun, 06 Nov 1994 08:49:38 GMT'],
    ['header:expires value'],
  ],
  [
    'a file name of a download',
    ['Content-Disposition', 'attachment; filename="a.pdf"'],
    ['Content-Disposition', 'Attachment;filename=b.pdf'],
    ['header:content-disposition/filename value'],
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

const upstreams = {
  monolith: { scheme: 'http', authorities: ['10.0.0.1:9000', 'shop.internal'], basePath: '', rewrites: [] },
  service: {
    scheme: 'http',
    authorities: ['10.0.0.2:9001'],
    basePath: '/base',
    rewrites: [{ template: '/api/orders/{id}', rewrite: '/v2/orders/{id}' }],
  },
} as const;

/** The kinds of differences in Location, with the hosts of both sides known. */
function locations(monolith: string, service: string, name = 'Location'): string[] {
  const request = { target: '/api/orders/new?x=1', headers: ['Host', 'Shop.example'] };
  const pair = pairOf(answer({ headers: [name, monolith] }), answer({ headers: [name, service] }), request);
  const found = comparePair(pair, { ...settingsOf(), upstreams });
  return found.outcome === 'compared' ? found.differences.map(({ place, kind }) => `${place} ${kind}`) : [];
}

describe('Location as clients see it', () => {
  const same: [what: string, monolith: string, service: string][] = [
    ['each side names itself', 'http://10.0.0.1:9000/api/orders/1', 'http://10.0.0.2:9001/base/api/orders/1'],
    ['a path and an address', '/api/orders/1?y', 'http://10.0.0.2:9001/base/api/orders/1?y'],
    ['by the name that it is told, without a port', 'http://shop.internal:80/a', '/base/a'],
    ['by the name that the client used', 'http://shop.example/a', '/base/a'],
    ['relative to the request', '1', '/base/api/orders/1'],
    ['one directory up', '../x', '/api/x'],
    ['a rewritten path', '/api/orders/7', '/base/v2/orders/7'],
    ['elsewhere', 'https://pay.example/x', 'https://PAY.example:443/x'],
  ];
  for (const [what, monolith, service] of same) {
    it(`${what}: agree`, () => assert.deepEqual(locations(monolith, service), []));
  }

  const other: typeof same = [
    ['another path', 'http://10.0.0.1:9000/a', 'http://10.0.0.2:9001/base/b'],
    [
      "the service sends clients to the monolith's address",
      'http://10.0.0.1:9000/a',
      'http://10.0.0.1:9000/a',
    ],
    ['another scheme for the client', 'https://shop.example/a', 'http://shop.example/a'],
    ['elsewhere', 'https://pay.example/x', '/x'],
  ];
  for (const [what, monolith, service] of other) {
    it(`${what}: a value`, () => assert.deepEqual(locations(monolith, service), ['header:location value']));
  }

  it("a cookie's Domain and Path that are the upstream's own are not the client's", () => {
    const [monolith, service] = ['a=1; Path=/x; Domain=shop.internal', 'a=1; Path=/base/x; Domain=10.0.0.2'];
    assert.deepEqual(locations(monolith, service, 'Set-Cookie'), []);
    assert.deepEqual(locations('a=1; Domain=.Example.org', 'a=1; Domain=example.org', 'Set-Cookie'), []);
    assert.deepEqual(locations('a=1; Domain=a.org', 'a=1', 'Set-Cookie'), [
      'header:set-cookie/a/domain missing',
    ]);
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
