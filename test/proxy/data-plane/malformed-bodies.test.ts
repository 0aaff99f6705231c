import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const head = 'POST /a HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n';
const next = 'GET /smuggled HTTP/1.1\r\nHost: shop\r\n\r\n';

const malformed: [name: string, rest: string][] = [
  ['no chunk size', 'x\r\nhello\r\n0\r\n\r\n'],
  ['an empty chunk size', '\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size with 0x', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size with an underscore', '1_0\r\nhello\r\n0\r\n\r\n'],
  ['a negative chunk size', '-5\r\nhello\r\n0\r\n\r\n'],
  ['a space before a chunk size', ' 5\r\nhello\r\n0\r\n\r\n'],
  ['a chunk size beyond 64 bits', 'fffffffffffffffff\r\nhello'],
  ['LF alone behind a chunk size', '5\nhello\r\n0\r\n\r\n'],
  ['CR alone behind a chunk size', '5\rhello\r\n0\r\n\r\n'],
  ['a bare semicolon as extension', '5;\r\nhello\r\n0\r\n\r\n'],
  ['LF alone in a chunk extension', '5;a\nb\r\nhello\r\n0\r\n\r\n'],
  ['CR alone in a chunk extension', '5;a\rb\r\nhello\r\n0\r\n\r\n'],
  ['a control character in a chunk extension', '5;a\x01b\r\nhello\r\n0\r\n\r\n'],
  ['64 KiB of chunk extension', `5;${'a'.repeat(65_536)}\r\nhello\r\n0\r\n\r\n`],
  ['a chunk that is longer than it says', '4\r\nhello\r\n0\r\n\r\n'],
  ['a chunk not ended by CRLF', '5\r\nhello0\r\n\r\n'],
  ['LF alone in the trailers', '5\r\nhello\r\n0\r\nA: 1\nB: 2\r\n\r\n'],
  ['a space before a trailer’s colon', '5\r\nhello\r\n0\r\nA : 1\r\n\r\n'],
];

describe('a request whose body turns malformed is a 400, and the upstream has at most half of it', () => {
  for (const [name, rest] of malformed) {
    for (const together of [true, false]) {
      test(`${name}, ${together ? 'in one packet with its head' : 'behind a good chunk'}`, async () => {
        const asked = Promise.withResolvers<void>();
        await using upstream = await ScriptedUpstream.start(async (connection) => {
          await connection.text('good');
          asked.resolve();
        });
        await using proxy = await startTestProxy({ monolith: upstream.port });
        using client = await RawClient.connect(proxy.port);
        if (together) {
          client.send(head + rest + next);
        } else {
          client.send(`${head}4\r\ngood\r\n`);
          await asked.promise;
          client.send(rest + next);
        }
        const answer = await client.answer();
        assert.deepEqual([answer.status, answer.json()['code']], [400, 'bad_request']);
        assert.equal(await client.ending(), 'closed');
        assert.equal(client.unread.length, 0);
        const { failures, migrations } = proxy.takeReport();
        assert.deepEqual([failures, migrations], [{ bad_request: 1 }, {}], 'it speaks against no side');
        await proxy.close(0);
        for (const connection of upstream.connections) {
          await connection.ending();
          const got = connection.unread.toString('latin1');
          assert.ok(!got.includes('\r\n0\r\n') && !got.includes('/smuggled'), got);
        }
      });
    }
  }

  test('when its answer has begun, that answer is broken off', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.head();
      connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(head);
    await client.text('half');
    client.send('x\r\n');
    assert.equal(await client.ending(), 'reset');
    assert.ok(!client.unread.includes('\r\n0\r\n'));
  });
});
