import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { RawClient } from '../support/raw-client.ts';
import type { RawMessage } from '../support/raw-message.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { type LlhttpCase, llhttpResponses } from './llhttp-cases.ts';
import { llhttpDifferences } from './llhttp-differences.ts';

const cases = llhttpResponses();

test('every response case of llhttp is read', () => {
  assert.equal(cases.length, 85);
  const ids = new Set(cases.map(({ id }) => id));
  assert.deepEqual(
    Object.keys(llhttpDifferences).filter((id) => !ids.has(id)),
    [],
  );
});

describe('what llhttp knows of answers, from an upstream', () => {
  for (const llhttpCase of cases) {
    const { id, isLenient, result } = llhttpCase;
    // A strict parser gives up where only a lenient one goes on, and nobody takes half an answer for a whole one.
    const byLlhttp = isLenient || result === 'error' || result === 'cut' ? 'refused' : 'passes';
    const expected = llhttpDifferences[id]?.ours ?? byLlhttp;

    test(`${id}: ${expected}`, async () => {
      const seen = await answerThrough(llhttpCase);
      if (id in llhttpDifferences) assert.notEqual(expected, byLlhttp, 'no difference');
      if (expected === 'refused') {
        assert.ok(
          seen.answer === undefined || seen.answer.status === 502,
          `the client took ${seen.answer?.head}`,
        );
      } else {
        assert.equal(seen.answer?.status, llhttpCase.status);
        assert.equal(seen.answer?.text, llhttpCase.body);
      }
      if (expected === 'refused' || llhttpCase.hasMore)
        assert.equal(seen.isReused, false, 'its connection is used again');
      assert.equal(seen.next, 'canary', 'the next request has its own answer');
    });
  }
});

interface Seen {
  /** What the client could take for a whole answer. */
  readonly answer: RawMessage | undefined;
  /** Body of the answer to the request after it. */
  readonly next: string;
  readonly isReused: boolean;
}

/** Lets an upstream answer so; then asks for something else, on another connection. */
async function answerThrough({ bytes, method, result }: LlhttpCase): Promise<Seen> {
  let lastConnection = 0;
  await using upstream = await ScriptedUpstream.start(async (connection, index) => {
    if (index === 0) {
      await connection.request();
      connection.send(bytes);
      // Only where there is more to wait for: to refuse an answer must not take the end of the connection.
      if (result === 'until end' || result === 'cut' || !bytes.includes('\r\n\r\n')) connection.end();
    }
    for (;;) {
      await connection.request();
      lastConnection = index;
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ncanary');
    }
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(`${method} / HTTP/1.1\r\nHost: shop\r\n\r\n`);
  let answer: RawMessage | undefined;
  do {
    answer = await client.answer(method).catch(() => undefined);
  } while (answer && answer.status < 200 && answer.status !== 101);
  using other = await RawClient.connect(proxy.port);
  const next = await other.ask('GET /canary HTTP/1.1\r\nHost: shop\r\n\r\n');
  return { answer, next: next.text, isReused: lastConnection === 0 };
}
