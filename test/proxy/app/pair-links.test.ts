import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairLinks } from '../../../proxy/app/pair-links.ts';
import { catalogPair } from '../admin/sample-data.ts';
import { sampleMigration, sampleRoute, sampleUpstream } from '../routing/sample-routing.ts';

const rewritten = sampleRoute('GET /api/products/{productId}', 'compare', '/v2/items/{productId}');
const model = {
  default: 'monolith',
  upstreams: [
    sampleUpstream('monolith', 9000, { host: 'shop.example' }),
    sampleUpstream('catalog', 9001, { basePath: '/base', protocol: 'https:', hostname: '::1' }),
  ],
  migrations: [sampleMigration('catalog', [rewritten])],
  hash: '',
};
const request = { method: 'GET', target: '/api/products/7?a=1', headers: [] as string[], body: '' };
const pair = { ...catalogPair, request };
const traceUrl = 'https://tracing.example/trace/{traceId}';

test('a route is rewritten and the service has a base path, each side has its own address', () => {
  const { monolith, service } = pairLinks(model, undefined, pair);
  assert.deepEqual(monolith, { url: 'http://127.0.0.1:9000/api/products/7?a=1', host: 'shop.example' });
  assert.deepEqual(service, { url: 'https://[::1]:9001/base/v2/items/7?a=1' });
});

test('an upstream is a socket, the address says which', () => {
  const upstreams = [sampleUpstream('monolith', 0, { protocol: 'unix:', socketPath: '/run/m.sock' })];
  const { monolith, service } = pairLinks({ ...model, upstreams }, undefined, pair);
  assert.deepEqual(monolith, { url: 'http://localhost/api/products/7?a=1', unixSocket: '/run/m.sock' });
  assert.equal(service, undefined);
});

test('the client sent a trace, its id counts; else the one that was made of the pair’s id', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = ['TraceParent', `00-${traceId}-00f067aa0ba902b7-01`];
  const sent = pairLinks(model, traceUrl, { ...pair, request: { ...request, headers } });
  assert.equal(sent.traceId, traceId);
  assert.equal(sent.traceUrl, `https://tracing.example/trace/${traceId}`);
  assert.equal(pairLinks(model, traceUrl, pair).traceId, pair.id.replaceAll('-', ''));
  const broken = { ...request, headers: ['traceparent', `00-${traceId}"><script>-01`] };
  assert.equal(pairLinks(model, traceUrl, { ...pair, request: broken }).traceId, pair.id.replaceAll('-', ''));
});

test('no request is kept, or nowhere to look traces up is set, there is no link', () => {
  const { request: _, ...agreed } = pair;
  assert.deepEqual(pairLinks(model, traceUrl, agreed), {});
  assert.equal(pairLinks(model, undefined, pair).traceUrl, undefined);
});
