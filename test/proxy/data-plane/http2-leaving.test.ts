import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { describe, test } from 'node:test';
import { answerOf, Http2Client } from '../../support/http2-client.ts';
import { END_HEADERS, FrameType, getWith, RawHttp2 } from '../../support/raw-http2.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { http2Address as address } from './http2-listener.ts';
import { startTestProxy } from './test-proxy.ts';

const options = { timeout: 30_000 };

describe('an HTTP/2 client that breaks off', options, () => {
  for (const [method, code] of [
    ['POST', constants.NGHTTP2_CANCEL],
    ['POST', constants.NGHTTP2_NO_ERROR],
    ['HEAD', constants.NGHTTP2_NO_ERROR],
  ] as const) {
    test(`its ${method} with code ${code} leaves half a request, which the upstream can’t take for whole`, async () => {
      const ended = Promise.withResolvers<string>();
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.head();
        await connection.text('half');
        asked.resolve();
        await connection.ending();
        ended.resolve(connection.unread.toString('latin1'));
      });
      const asked = Promise.withResolvers<void>();
      await using proxy = await startTestProxy({ monolith: upstream.port, address });
      // Node's own client ends an upload before it resets it.
      using client = await RawHttp2.connect(proxy.port);
      client.ask(1, getWith({ ':method': method }), END_HEADERS);
      client.send(FrameType.data, 0, 1, 'half');
      await asked.promise;
      client.send(FrameType.reset, 0, 1, Buffer.from([0, 0, 0, code]));
      assert.doesNotMatch(await ended.promise, /0\r\n\r\n/);
    });
  }

  test('its wait for an answer frees the upstream, and the connection goes on', async () => {
    const gone = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await using upstream = await ScriptedUpstream.start(async (connection, index) => {
      await connection.request();
      if (index > 0) {
        connection.send(OK_ANSWER);
        return;
      }
      asked.resolve();
      await connection.ending();
      gone.resolve();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const stream = client.begin();
    await asked.promise;
    stream.close(constants.NGHTTP2_CANCEL);
    await gone.promise;
    assert.equal((await client.ask()).text, 'ok');
  });

  test('its connection ends what it asked for', async () => {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      asked.resolve();
      await connection.ending();
      gone.resolve();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    client.begin();
    await asked.promise;
    client.session.destroy();
    await gone.promise;
  });
});

describe('stopping', options, () => {
  test('tells HTTP/2 clients to go elsewhere, and lets what they asked for be answered', async () => {
    const asked = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      asked.resolve();
      await goOn.promise;
      connection.send(OK_ANSWER);
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const answer = answerOf(client.begin());
    await asked.promise;
    const told = once(client.session, 'goaway');
    const stopped = proxy.close(10_000);
    assert.equal((await told)[0], constants.NGHTTP2_NO_ERROR);
    goOn.resolve();
    assert.equal((await answer).text, 'ok');
    await stopped;
  });

  test('closes an idle HTTP/2 connection', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    await client.ask();
    const closed = once(client.session, 'close');
    await proxy.close(10_000);
    await closed;
  });

  test('breaks off what is not answered within the grace', async () => {
    const asked = Promise.withResolvers<void>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      asked.resolve();
      await connection.ending();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const answer = assert.rejects(answerOf(client.begin()));
    await asked.promise;
    await proxy.close(100);
    await answer;
  });
});
