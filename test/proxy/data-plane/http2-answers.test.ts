import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { describe, test } from 'node:test';
import { answerOf, Http2Client } from '../../support/http2-client.ts';
import { END_HEADERS, END_STREAM, FrameType, getWith, RawHttp2 } from '../../support/raw-http2.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { http2Address as address } from './http2-listener.ts';
import { startTestProxy } from './test-proxy.ts';

const options = { timeout: 30_000 };

describe('an answer over HTTP/2', options, () => {
  test('has the upstream’s headers in lower case, without those of its connection', async () => {
    await using upstream = await RecordingUpstream.start(
      'HTTP/1.1 200 Fine\r\nX-A: 1\r\nSet-Cookie: a=1\r\nConnection: keep-alive, X-Mine\r\nX-Mine: 1\r\n' +
        'Keep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\nSet-Cookie: b=2\r\nX-Latin: caf\xe9\r\n' +
        'Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n',
    );
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const stream = client.begin();
    const [answer, [, , list]] = await Promise.all([answerOf(stream), once(stream, 'response')]);
    assert.equal(answer.text, 'ok');
    assert.deepEqual(
      list,
      [':status', '200', 'x-a', '1', 'set-cookie', 'a=1', 'set-cookie', 'b=2', 'x-latin', 'caf\xe9'].concat([
        'content-type',
        'a/b',
        'content-type',
        'c/d',
      ]),
    );
  });

  test('to HEAD, a 204 and a 304 is whole without a body', async () => {
    await using upstream = await RecordingUpstream.start(({ startLine }) => {
      if (startLine.startsWith('HEAD')) return 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n';
      return startLine.includes('204')
        ? 'HTTP/1.1 204 No Content\r\n\r\n'
        : 'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n';
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const head = await client.ask({ ':method': 'HEAD' });
    assert.deepEqual([head.status, head.headers['content-length'], head.text], [200, '1234', '']);
    assert.equal((await client.ask({ ':path': '/204' })).status, 204);
    assert.equal((await client.ask({ ':path': '/304' })).status, 304);
    assert.equal(upstream.connectionCount, 1);
  });

  test('comes after its interim ones', async () => {
    await using upstream = await RecordingUpstream.start(
      `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nLink: </b.css>\r\n\r\n${OK_ANSWER}`,
    );
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    const answer = await client.ask();
    assert.deepEqual([answer.interim, answer.status, answer.text], [[103], 200, 'ok']);
  });

  test('is a problem of our own when the upstream can’t be reached', async () => {
    await using proxy = await startTestProxy({ monolith: 1, address });
    using client = await Http2Client.connect(proxy.port);
    const answer = await client.ask();
    assert.equal(answer.status, 502);
    assert.equal(JSON.parse(answer.text).code, 'upstream_connect');
  });

  test('with a status that HTTP/2 clients don’t know resets its stream alone', async () => {
    await using upstream = await RecordingUpstream.start(({ startLine }) =>
      startLine.includes('/odd') ? 'HTTP/1.1 799 Odd\r\nContent-Length: 2\r\n\r\nno' : OK_ANSWER,
    );
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await Http2Client.connect(proxy.port);
    await assert.rejects(client.ask({ ':path': '/odd' }), /reset with 2/);
    assert.equal((await client.ask()).text, 'ok');
  });

  for (const framing of [
    'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    'Content-Length: 9\r\n\r\nhello',
  ]) {
    test(`of which half came is reset, never ended: ${framing.split(':')[0]}`, async () => {
      const goOn = Promise.withResolvers<void>();
      await using upstream = await ScriptedUpstream.start(async (connection) => {
        await connection.request();
        connection.send(`HTTP/1.1 200 OK\r\n${framing}`);
        await goOn.promise;
        connection.end();
      });
      await using proxy = await startTestProxy({ monolith: upstream.port, address });
      using client = await RawHttp2.connect(proxy.port);
      client.ask(1, getWith({}));
      await client.until(({ type }) => type === FrameType.data || undefined);
      goOn.resolve();
      await client.until(({ type }) => type === FrameType.reset || undefined);
      const ofStream = client.frames.filter(({ stream }) => stream === 1);
      assert.deepEqual(
        ofStream.map(({ type, flags }) => [type, flags & END_STREAM]),
        [
          [FrameType.headers, 0],
          [FrameType.data, 0],
          [FrameType.reset, 0],
        ],
      );
      assert.equal(ofStream[2]!.payload.readUInt32BE(0), constants.NGHTTP2_INTERNAL_ERROR);
    });
  }

  test('in the middle of an upload ends first and then stops the upload, not the connection', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection, index) => {
      if (index === 0) {
        await connection.head();
        await connection.text('first part');
        connection.send('HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch');
      } else {
        await connection.request();
        connection.send(OK_ANSWER);
      }
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await RawHttp2.connect(proxy.port);
    client.ask(1, getWith({ ':method': 'POST' }), END_HEADERS);
    client.send(FrameType.data, 0, 1, 'first part');
    await client.until(({ type }) => type === FrameType.reset || undefined);
    const ofStream = client.frames.filter(({ stream }) => stream === 1);
    assert.deepEqual(
      ofStream.map(({ type, flags }) => [type, flags & END_STREAM]),
      [
        [FrameType.headers, 0],
        [FrameType.data, END_STREAM],
        [FrameType.reset, 0],
      ],
    );
    assert.equal(ofStream[1]!.payload.toString(), 'much');
    assert.equal(ofStream[2]!.payload.readUInt32BE(0), constants.NGHTTP2_NO_ERROR);
    client.ask(3, getWith({}));
    assert.equal(await client.fate(3), 'status 200');
  });
});
