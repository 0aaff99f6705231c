import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { ChaosRelay } from '../support/chaos-relay.ts';
import { answerTo } from '../support/ledger.ts';
import { askOnce, RawClient } from '../support/raw-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n';
const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const post = 'POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhello';

for (const cutBy of ['closing', 'reset'] as const) {
  test(`an answer cut by ${cutBy} at every byte of its head is a 502, never a 200`, async () => {
    await using upstream = await RecordingUpstream.start(`${head}ok`);
    await using relay = await ChaosRelay.start(upstream.port, (at) => ({ cutAfterBytes: at, cutBy }));
    for (let at = 0; at < head.length; at++) {
      // A proxy of its own: so many failures in a row are a reason to ask no more.
      await using proxy = await startTestProxy({ monolith: relay.port });
      const answer = await askOnce(proxy.port, post);
      assert.deepEqual([answer.status, answer.json()['code']], [502, 'upstream_closed'], `cut at ${at}`);
      assert.deepEqual(proxy.takeReport().failures, { upstream_closed: 1 });
    }
    assert.equal(upstream.requests.length, head.length, 'none was sent twice');
  });
}

/** 100 KB that are not the same at any two places. */
const text = Array.from({ length: 1563 }, (_, i) => answerTo(String(i)))
  .join('')
  .slice(0, 100_000);
const offsets = [0, 1, 2, 1000, 16_384, 32_768, 50_001, 65_536, 99_998, 99_999];

function asChunks(body: string): string {
  const pieces = body.match(/.{1,7000}/g)!;
  return `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`;
}

describe('an answer cut in its body', () => {
  const framings: [name: string, head: string, body: string][] = [
    ['sized', `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n`, text],
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', asChunks(text)],
  ];
  for (const [name, start, body] of framings) {
    for (const cutBy of ['closing', 'reset'] as const) {
      test(`${name}, by ${cutBy}, at ten places: the client gets a true beginning and a reset`, async () => {
        const cuts = name === 'chunked' ? [...offsets, body.length - 5, body.length - 1] : offsets;
        await using upstream = await RecordingUpstream.start(start + body);
        await using relay = await ChaosRelay.start(upstream.port, (index) => ({
          cutAfterBytes: start.length + cuts[index]!,
          cutBy,
        }));
        for (const at of cuts) {
          await using proxy = await startTestProxy({ monolith: relay.port });
          using client = await RawClient.connect(proxy.port);
          client.send(get);
          assert.equal(await client.ending(), 'reset', `cut at ${at}`);
          const got = client.unread.toString('latin1');
          // The head may be lost by the reset, but what came is how the answer begins.
          const gotBody = got.slice(got.indexOf('\r\n\r\n') + 4);
          assert.ok(!gotBody.endsWith('\r\n0\r\n\r\n'), `no last chunk, cut at ${at}`);
          if (name === 'sized') assert.ok(gotBody.length < text.length && text.startsWith(gotBody));
          assert.deepEqual(proxy.takeReport().failures, { upstream_closed: 1 });
        }
      });
    }
  }
});

describe('an answer that lasts until its connection ends', () => {
  for (const version of ['HTTP/1.0', 'HTTP/1.1']) {
    const answer = `${version} 200 OK\r\n\r\n${text}`;

    test(`in ${version}, by closing, is whole`, async () => {
      await using upstream = await RecordingUpstream.start(answer);
      await using relay = await ChaosRelay.start(upstream.port, () => ({ cutAfterBytes: answer.length }));
      await using proxy = await startTestProxy({ monolith: relay.port });
      using client = await RawClient.connect(proxy.port);
      assert.equal((await client.ask(get)).text, text);
      assert.deepEqual(proxy.takeReport().failures, {});
    });

    test(`in ${version}, by a reset, is broken`, async () => {
      await using upstream = await RecordingUpstream.start(answer);
      await using relay = await ChaosRelay.start(upstream.port, () => ({
        cutAfterBytes: answer.length - 1,
        cutBy: 'reset',
      }));
      await using proxy = await startTestProxy({ monolith: relay.port });
      using client = await RawClient.connect(proxy.port);
      client.send(get);
      assert.equal(await client.ending(), 'reset');
      assert.ok(!client.unread.includes('\r\n0\r\n\r\n'), 'no last chunk');
      assert.deepEqual(proxy.takeReport().failures, { upstream_closed: 1 });
    });
  }
});
