import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchByRecording } from '../../../proxy/replay/match-exchange.ts';
import { createExchangeReplay } from '../../../proxy/replay/replay-exchange.ts';
import { sampleExchange } from '../recording/sample-recording.ts';
import { answer } from '../shadow/sample-pair.ts';

const request = { method: 'GET', target: '/a', headers: ['Host', 'shop.test'], body: new Uint8Array() };

test('a recorded answer that names the configured monolith, and an answer of now that names the service, agree', async () => {
  const exchange = sampleExchange(1, {
    answer: { status: 302, headers: ['Location', 'http://monolith.internal:9000/b'], durationMs: 1 },
  });
  const service = {
    send: async () => answer({ status: 302, headers: ['Location', 'http://127.0.0.1:9101/b'] }),
    close: () => {},
  };
  const places = (authority: string) => ({
    scheme: 'http' as const,
    authorities: [authority],
    basePath: '',
    rewrites: [],
  });
  const differencesWith = async (isConfigured: boolean) => {
    const upstreams = { monolith: places('monolith.internal:9000'), service: places('catalog:9001') };
    const replay = createExchangeReplay({
      monolith: undefined,
      service,
      unsafe: 'skip',
      timeoutMs: undefined,
      urls: { monolith: undefined, service: new URL('http://127.0.0.1:9101') },
      configured: new Map(isConfigured ? [['catalog', upstreams]] : []),
      redactionKey: new Uint8Array(32),
      headers: [],
    });
    const matched = matchByRecording()(exchange);
    assert.ok(matched);
    const outcome = await replay(exchange, request, matched, 0);
    assert.ok(outcome.kind === 'compared');
    return outcome.pair.differences.map(({ place }) => place);
  };
  assert.deepEqual(await differencesWith(true), []);
  assert.deepEqual(await differencesWith(false), ['header:location']);
});
