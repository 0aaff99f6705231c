import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerMapping, type ClientView } from '../../../proxy/data-plane/answer-mapping.ts';
import { targetOnService } from '../../../proxy/data-plane/rewrite-target.ts';
import type { Route, Upstream } from '../../../proxy/routing/model.ts';
import { sampleRoute, sampleUpstream } from '../routing/sample-routing.ts';

const https: ClientView = { scheme: 'https', authority: 'shop.example' };
const http: ClientView = { scheme: 'http', authority: 'shop.example:8080' };
const mappingFor = (changes: Partial<Upstream>, routes: readonly Route[] = []) =>
  answerMapping(sampleUpstream('monolith', 9000, { hostname: 'inner', ...changes }), routes);

interface Case {
  readonly upstream: Partial<Upstream>;
  readonly client: ClientView;
  readonly maps: readonly [from: string, to: string][];
  readonly keeps: readonly string[];
}

const cases: Record<string, Case> = {
  'an upstream without host and base path': {
    upstream: {},
    client: https,
    maps: [
      ['http://inner:9000/a?b#c', 'https://shop.example/a?b#c'],
      ['HTTP://INNER:9000/a', 'https://shop.example/a'],
      ['http://inner:9000', 'https://shop.example'],
      ['http://inner:9000?q', 'https://shop.example?q'],
      ['//inner:9000/a', '//shop.example/a'],
      ['https://inner:9000/a', 'https://shop.example/a'],
    ],
    keeps: [
      '/a',
      '/',
      'a/b',
      '../a',
      '?q',
      '#f',
      '',
      '//other/a',
      'http://inner/a',
      'http://inner:90001/a',
      'http://inner:9000.example/a',
      'http://user@inner:9000/a',
      'http://shop.example/a',
      'https://shop.example/a',
      'https://elsewhere.example/a?u=http://inner:9000/',
      'mailto:a@inner:9000',
      'http:/inner:9000/a',
      ' http://inner:9000/a',
      'caf\xe9/\xc3\xa9',
    ],
  },
  'an upstream that is told another host': {
    upstream: { host: 'inner.example', port: 80 },
    client: http,
    maps: [
      ['http://inner.example/a', 'http://shop.example:8080/a'],
      ['http://inner.example:80/a', 'http://shop.example:8080/a'],
      ['http://inner/a', 'http://shop.example:8080/a'],
      ['http://inner:80/a', 'http://shop.example:8080/a'],
    ],
    // To https is where it wants its clients to go: with the client's scheme they would come back for ever.
    keeps: ['https://inner.example/a', 'http://inner.example:81/a', 'http://www.inner.example/a'],
  },
  'an https upstream': {
    upstream: { protocol: 'https:', port: 443 },
    client: http,
    maps: [
      ['https://inner/a', 'http://shop.example:8080/a'],
      ['https://inner:443/a', 'http://shop.example:8080/a'],
    ],
    keeps: ['https://inner:80/a'],
  },
  'an upstream at an IPv6 address': {
    upstream: { hostname: '::1' },
    client: http,
    maps: [['http://[::1]:9000/a', 'http://shop.example:8080/a']],
    keeps: ['http://[::2]:9000/a', 'http://::1:9000/a'],
  },
  'an upstream with a base path': {
    upstream: { basePath: '/base' },
    client: http,
    maps: [
      ['/base/a?b#c', '/a?b#c'],
      ['/base', '/'],
      ['/base/', '/'],
      ['/base?q', '/?q'],
      ['/base/base/a', '/base/a'],
      ['http://inner:9000/base/a', 'http://shop.example:8080/a'],
      // The client's Host passes unchanged, so the upstream takes it for its own.
      ['http://shop.example:8080/base/a', 'http://shop.example:8080/a'],
      ['//shop.example:8080/base/a', '//shop.example:8080/a'],
    ],
    keeps: [
      '/basement',
      '/a',
      '/Base/a',
      'base/a',
      'http://inner:9000/a',
      'http://inner:9000',
      'http://shop.example:8080/a',
      'http://other/base/a',
      // Without their base they would be other places.
      '/base//evil.example/a',
      '/base/\\evil.example/a',
      '/base/../admin',
      '/base/%2e%2E/admin',
      '/base/..\\admin',
    ],
  },
  'a client that named no host': {
    upstream: {},
    client: { scheme: 'http', authority: '' },
    maps: [['http://inner:9000/a?b', '/a?b']],
    keeps: ['http://inner:9000', 'http://inner:9000//evil.example', 'http:///a', 'http://other/a'],
  },
};

for (const [name, { upstream, client, maps, keeps }] of Object.entries(cases)) {
  describe(`Location of ${name}`, () => {
    const mapping = mappingFor(upstream);
    for (const [from, to] of maps)
      test(`${from} is ${to}`, () => assert.equal(mapping.location(from, client), to));
    for (const value of keeps)
      test(`${JSON.stringify(value)} is kept`, () => assert.equal(mapping.location(value, client), value));
  });
}

describe('Location of a service whose routes are rewritten', () => {
  const routes = [
    sampleRoute('GET /api/products', 'compare', '/products'),
    sampleRoute('GET /api/products/{id}', 'compare', '/products/{id}'),
    sampleRoute('GET /files/**', 'compare', '/f/**'),
    sampleRoute('GET /old/{x}', 'compare', '/shared/{x}'),
    sampleRoute('GET /new/{y}', 'compare', '/shared/{y}'),
    sampleRoute('GET /plain/{id}'),
    sampleRoute('GET /swapped/{id}', 'compare', '/plain/{id}'),
  ];
  const mapping = mappingFor({}, routes);
  const rewritten: [from: string, to: string][] = [
    ['/products', '/api/products'],
    ['/products?page=2#x', '/api/products?page=2#x'],
    ['/products/7%20a', '/api/products/7%20a'],
    ['http://inner:9000/products/7', 'http://shop.example:8080/api/products/7'],
    ['/f/a/b/', '/files/a/b/'],
    ['/f', '/files'],
  ];
  for (const [from, to] of rewritten)
    test(`${from} is ${to}`, () => assert.equal(mapping.location(from, http), to));

  const kept = [
    '/api/products/7',
    '/products/',
    '/products/7/8',
    '/login',
    // Two paths of a client lead there, or it is one itself.
    '/shared/7',
    '/plain/7',
  ];
  for (const value of kept)
    test(`${value} is kept`, () => assert.equal(mapping.location(value, http), value));

  test('a rewrite that would leave an authority behind is not undone', () => {
    const everything = mappingFor({}, [sampleRoute('GET /**', 'never', '/all/**')]);
    assert.equal(everything.location('/all//evil.example', http), '/all//evil.example');
  });

  test('every path of a route that is rewritten alone comes back from its rewrite', () => {
    const templates: [template: string, rewrite: string][] = [
      ['/a/{x}/b/{y}', '/c/{y}/{x}'],
      ['/a/{x}/**', '/{x}/z/**'],
      ['/a', '/b/c'],
    ];
    const values = ['7', 'a%2Fb', '%C3%A9', '{x}', '$&', '-._~'];
    for (const [template, rewrite] of templates) {
      const route = sampleRoute(`GET ${template}`, 'compare', rewrite);
      for (const x of values) {
        for (const y of values) {
          const path = template.replace('{x}', () => x).replace(/\{y\}|\*\*/, () => y);
          const back = mappingFor({}, [route]).location(targetOnService(route, path), http);
          assert.equal(back, path);
        }
      }
    }
  });
});

describe('Refresh', () => {
  const mapping = mappingFor({ basePath: '/base' });
  const maps: [from: string, to: string][] = [
    ['5; url=http://inner:9000/base/a', '5; url=http://shop.example:8080/a'],
    ['0;URL = "/base/a" ', '0;URL = "/a" '],
    ["1.5, url='/base/a?b'", "1.5, url='/a?b'"],
    ['0; /base/a', '0; /a'],
  ];
  for (const [from, to] of maps)
    test(`${from} is ${to}`, () => assert.equal(mapping.refresh(from, http), to));
  for (const value of ['5', '', '5;', 'url=/base/a', '5; url="/base/a', '5; url=/a'])
    test(`${JSON.stringify(value)} is kept`, () => assert.equal(mapping.refresh(value, http), value));
});

describe('Set-Cookie', () => {
  const mapping = mappingFor({ basePath: '/base', host: 'told.example:8443' });
  const maps: [from: string, to: string][] = [
    ['a=1; Domain=inner; Secure', 'a=1; Secure'],
    ['a=1; domain=.INNER', 'a=1'],
    ['a=1;Domain=told.example;Path=/', 'a=1;Path=/'],
    ['a=1; Path=/base/shop; HttpOnly', 'a=1; Path=/shop; HttpOnly'],
    ['a=1; PATH = /base', 'a=1; PATH =/'],
    ['a=1; Path=/base/', 'a=1; Path=/'],
  ];
  for (const [from, to] of maps)
    test(`${from} is ${to}`, () => assert.equal(mapping.setCookie(from, http), to));
  const kept = [
    'a=1',
    '',
    'a=Domain=inner',
    'a="x;y"; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
    'a=1; Domain=shop.example; Path=/',
    'a=1; Domain=example',
    'a=1; Domain=xinner',
    'a=1; Path=/basement',
    'a=1; Path=/',
    'a=1; Path=/base/../x',
    'a=1; path; domain',
    '__Host-a=1; Secure; Path=/',
    'a=caf\xe9; Path=/\xe9 ;  ;;',
  ];
  for (const value of kept)
    test(`${JSON.stringify(value)} is kept`, () => assert.equal(mapping.setCookie(value, http), value));

  test('for a parent domain of the client’s host keeps it, though it is the upstream’s name too', () => {
    const named = mappingFor({ host: 'shop.example' });
    const cookie = 'a=1; Domain=shop.example';
    assert.equal(named.setCookie(cookie, { scheme: 'http', authority: 'www.shop.example:81' }), cookie);
    assert.equal(named.setCookie(cookie, { scheme: 'http', authority: 'shop.example' }), cookie);
    assert.equal(named.setCookie(cookie, { scheme: 'http', authority: 'wwwshop.example' }), 'a=1');
  });
});

test('mapping a value of 60 KB of anything takes no time to speak of', { timeout: 5000 }, () => {
  const mapping = mappingFor({ basePath: '/base' }, [sampleRoute('GET /a/{x}', 'compare', '/b/{x}')]);
  for (const part of [' ', '\t', '/', '/.', '"', ';', ',', '=', '5;', 'url=', '//', ';path=/base/.', '%2e']) {
    for (const start of ['', '5;', '5; url=', '/base', 'http://inner:9000', 'a=1;path=/base/']) {
      const value = start + part.repeat(60_000 / part.length);
      mapping.location(value, http);
      mapping.refresh(`${value}"`, http);
      mapping.setCookie(value, http);
    }
  }
});

test('a mapping is compiled once for an upstream and its routes', () => {
  const upstream = sampleUpstream('monolith', 9000);
  const routes: Route[] = [];
  assert.equal(answerMapping(upstream, routes), answerMapping(upstream, routes));
  assert.notEqual(answerMapping(upstream, routes), answerMapping(upstream, []));
});
