import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEstate } from '../proxy/data-plane/test-estate.ts';
import { RawClient } from '../support/raw-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';

const post = 'POST /a HTTP/1.1\r\nHost: shop\r\nX-User-Id: u1\r\nContent-Length: 0\r\n\r\n';
const get = 'GET /a HTTP/1.1\r\nHost: shop\r\nX-User-Id: u1\r\n\r\n';
/** Throws once requests come: what throws before is a snapshot that is refused. */
const rule = {
  isAsked: false,
  get from(): string {
    if (rule.isAsked) throw new Error('played by a test');
    return 'header';
  },
};

test('stickiness that throws gives the request to the monolith, and the next one is served as ever', async () => {
  await using monolith = await RecordingUpstream.start();
  await using service = await RecordingUpstream.start();
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { serve: 50, cap: 50 },
    // biome-ignore lint/suspicious/noExplicitAny: a rule that no compiler would let through
    migration: { stickBy: [rule as any] },
  });
  rule.isAsked = true;
  using client = await RawClient.connect(estate.port);
  for (let asked = 0; asked < 2; asked++) {
    const answer = await client.ask(get);
    assert.deepEqual([answer.status, answer.value('Ficus-Upstream')], [200, 'monolith']);
  }
});

test('stickiness that throws after a write costs what would be remembered of it, never the write', async () => {
  await using monolith = await RecordingUpstream.start();
  await using service = await RecordingUpstream.start();
  rule.isAsked = false;
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: {},
    routes: ['POST /a'],
    cookieKey: 'a key',
    // biome-ignore lint/suspicious/noExplicitAny: a rule that no compiler would let through
    migration: { readYourWritesSeconds: 30, stickBy: [rule as any] },
  });
  rule.isAsked = true;
  using client = await RawClient.connect(estate.port);
  for (let asked = 0; asked < 2; asked++) {
    const answer = await client.ask(post);
    assert.deepEqual([answer.status, answer.value('Ficus-Upstream')], [200, 'monolith']);
  }
});

test('what takes pairs and throws costs the pair, never the request nor the next one', async () => {
  await using monolith = await RecordingUpstream.start();
  await using service = await RecordingUpstream.start();
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { shadow: 100 },
    deliverPair() {
      throw new Error('played by a test');
    },
  });
  using client = await RawClient.connect(estate.port);
  for (let asked = 1; asked <= 3; asked++) {
    assert.equal((await client.ask(get)).status, 200);
    await estate.pairCount(asked);
  }
});
