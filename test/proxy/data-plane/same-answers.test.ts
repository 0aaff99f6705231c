import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TrustedProxies } from '../../../proxy/data-plane/trusted-proxies.ts';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { sampleRoute } from '../routing/sample-routing.ts';
import { startTestProxy, type TestProxyOptions } from './test-proxy.ts';

const get = 'GET /api/7 HTTP/1.1\r\nHost: shop.example\r\n\r\n';

/** Field lines of an answer with these, given by the monolith or by the service of a rewritten route. */
async function linesOf(
  side: 'monolith' | 'service',
  linesFor: (port: number) => string[],
  { request = get, ...options }: Partial<TestProxyOptions> & { request?: string } = {},
): Promise<string[]> {
  let lines: string[] = [];
  await using upstream = await RecordingUpstream.start(() => {
    lines = linesFor(upstream.port);
    return `HTTP/1.1 302 Found\r\nContent-Length: 0\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  });
  await using other = await RecordingUpstream.start();
  await using proxy = await startTestProxy({
    monolith: side === 'monolith' ? upstream.port : other.port,
    ...(side === 'service'
      ? { service: upstream.port, routes: [sampleRoute('GET /api/{id}', 'compare', '/inner/{id}')] }
      : {}),
    ...options,
  });
  using client = await RawClient.connect(proxy.port);
  const answer = await client.ask(request);
  return answer.lines.filter((line) => !/^(?:Connection|Content-Length):/.test(line));
}

describe('a client can’t tell by', () => {
  test('Location which side answered', async () => {
    const wanted = ['Location: http://shop.example/api/8'];
    const fromMonolith = await linesOf('monolith', (port) => [`Location: http://127.0.0.1:${port}/api/8`]);
    const fromService = await linesOf('service', (port) => [`Location: http://127.0.0.1:${port}/inner/8`]);
    assert.deepEqual([fromMonolith, fromService], [wanted, wanted]);
  });

  test('Content-Location, Refresh and Set-Cookie which side answered', async () => {
    const lines = await linesOf('service', (port) => [
      'content-location: /inner/7?a=b',
      `Refresh: 5; url=http://127.0.0.1:${port}/inner/9`,
      'Set-Cookie: a=1; Domain=127.0.0.1; Path=/',
      'Set-Cookie: b=2; Path=/x',
    ]);
    assert.deepEqual(lines, [
      'content-location: /api/7?a=b',
      'Refresh: 5; url=http://shop.example/api/9',
      'Set-Cookie: a=1; Path=/',
      'Set-Cookie: b=2; Path=/x',
    ]);
  });

  test('what an upstream with a host of its own and a base path says', async () => {
    const lines = await linesOf(
      'monolith',
      () => [
        'Location: http://inner.example/base/login?next=/base/a',
        'Set-Cookie: a=1; Domain=inner.example; Path=/base',
      ],
      { upstream: { host: 'inner.example', basePath: '/base' } },
    );
    assert.deepEqual(lines, ['Location: http://shop.example/login?next=/base/a', 'Set-Cookie: a=1; Path=/']);
  });
});

test('every other answer of the monolith keeps its bytes', async () => {
  const lines = [
    'Location: http://elsewhere.example/api/7',
    'location: ../x?y=caf\xe9',
    'Set-Cookie: a=1; Domain=shop.example; Path=/api',
    'Refresh: 5',
    'Link: </inner/7>; rel=next',
  ];
  assert.deepEqual(await linesOf('monolith', () => lines), lines);
});

test('a trusted proxy says how the client sees us, and redirects go there', async () => {
  const request = get.replace(
    '\r\n\r\n',
    '\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: public.example\r\n\r\n',
  );
  const location = (port: number) => [`Location: http://127.0.0.1:${port}/x`];
  const trusting = { address: { trustedProxies: new TrustedProxies(['127.0.0.1']) } };
  assert.deepEqual(await linesOf('monolith', location, { request, ...trusting }), [
    'Location: https://public.example/x',
  ]);
  assert.deepEqual(await linesOf('monolith', location, { request }), ['Location: http://shop.example/x']);
});
