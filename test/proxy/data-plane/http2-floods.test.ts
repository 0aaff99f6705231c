import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { describe, test } from 'node:test';
import { ResetBudget } from '../../../proxy/data-plane/reset-budget.ts';
import { Http2Client } from '../../support/http2-client.ts';
import {
  END_HEADERS,
  END_STREAM,
  type Frame,
  FrameType,
  frame,
  getWith,
  literals,
  RawHttp2,
  soundGet,
} from '../../support/raw-http2.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { http2Address as address } from './http2-listener.ts';
import { startTestProxy } from './test-proxy.ts';

const options = { timeout: 30_000 };
const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_REFUSED_STREAM } = constants;

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const ask = (stream: number): Buffer =>
  frame(FrameType.headers, END_STREAM | END_HEADERS, stream, literals(soundGet));
const reset = (stream: number): Buffer => frame(FrameType.reset, 0, stream, uint32(NGHTTP2_CANCEL));

/** Sends frames for one stream after another, and sees every 50 of them read, until the connection ends. */
async function inBatches(client: RawHttp2, frames: (stream: number) => Buffer[]): Promise<void> {
  for (let i = 0; i < 1000 && !client.hasEnded; i++) {
    client.socket.write(Buffer.concat(frames(2 * i + 1)));
    if (i % 50 !== 49) continue;
    const isAnswer = ({ type, payload }: Frame) =>
      (type === FrameType.ping && payload.readUInt32BE(0) === i) || undefined;
    client.send(FrameType.ping, 0, 0, Buffer.concat([uint32(i), uint32(0)]));
    await client.until(isAnswer);
  }
}

/** The error code of the GOAWAY, once the connection has ended. */
async function goAwayCode(client: RawHttp2): Promise<number | undefined> {
  await client.until(() => undefined);
  return client.frames.findLast(({ type }) => type === FrameType.goAway)?.payload.readUInt32BE(4);
}

describe('a client that floods loses its connection, and no one else does:', options, () => {
  /** Sends what `flood` says until the proxy has had enough; it must still serve others then. */
  async function overrun(
    flood: (client: RawHttp2) => void,
  ): Promise<{ code: number | undefined; asked: number }> {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      // The flood's own requests stay without an answer.
      while ((await connection.request()).startLine.startsWith('GET /other')) connection.send(OK_ANSWER);
      await connection.ending();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using other = await Http2Client.connect(proxy.port);
    using client = await RawHttp2.connect(proxy.port);
    await client.until(({ type, flags }) => (type === FrameType.settings && flags === 1) || undefined);
    await flood(client);
    const code = await goAwayCode(client);
    assert.equal((await other.ask({ ':path': '/other' })).text, 'ok');
    using fresh = await Http2Client.connect(proxy.port);
    assert.equal((await fresh.ask({ ':path': '/other' })).text, 'ok');
    return { code, asked: upstream.connections.length };
  }

  test('requests, each broken off at once', async () => {
    const { code, asked } = await overrun((client) => inBatches(client, (i) => [ask(i), reset(i)]));
    assert.equal(code, NGHTTP2_ENHANCE_YOUR_CALM);
    assert.ok(asked < 300, `${asked} connections to the upstream`);
  });

  test('the same without a pause', async () => {
    const { asked } = await overrun((client) => {
      for (let i = 1; i < 4000; i += 2) client.socket.write(Buffer.concat([ask(i), reset(i)]));
    });
    assert.ok(asked < 300, `${asked} connections to the upstream`);
  });

  test('requests, each made to be reset by us', async () => {
    const post = literals(getWith({ ':method': 'POST' }, ['content-length', '5']));
    const { asked } = await overrun((client) =>
      inBatches(client, (i) => [
        frame(FrameType.headers, END_HEADERS, i, post),
        frame(FrameType.data, END_STREAM, i, 'abc'),
      ]),
    );
    assert.ok(asked < 300, `${asked} connections to the upstream`);
  });

  test('malformed requests', async () => {
    await overrun((client) => {
      for (let i = 0; i < 2000; i++) client.ask(2 * i + 1, getWith({}, ['connection', 'close']));
    });
  });

  // RFC 9113, 10.5: each of them has to be acknowledged.
  const acknowledged: [name: string, frame: Buffer][] = [
    ['pings', frame(FrameType.ping, 0, 0, '12345678')],
    ['settings', frame(FrameType.settings, 0, 0)],
    [
      'settings that change something',
      frame(FrameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0xff, 0xff])),
    ],
  ];
  for (const [name, one] of acknowledged) {
    test(`${name} whose answers are not read`, async () => {
      await overrun((client) => {
        client.socket.pause();
        const many = Buffer.concat(Array.from({ length: 1000 }, () => one));
        const send = (): void => {
          if (client.socket.destroyed || client.hasEnded) return;
          client.socket.write(many, () => setImmediate(send));
          if (client.socket.bytesWritten > 3_000_000) client.socket.resume();
        };
        send();
      });
    });
  }

  test('settings without end in one frame', async () => {
    const many = Buffer.concat(Array.from({ length: 2000 }, () => Buffer.from([0, 4, 0, 0, 0xff, 0xff])));
    const { code } = await overrun((client) => client.send(FrameType.settings, 0, 0, many));
    assert.equal(code, NGHTTP2_ENHANCE_YOUR_CALM);
  });

  test('data frames without data', async () => {
    await overrun((client) => {
      client.ask(1, getWith({ ':method': 'POST' }), END_HEADERS);
      for (let i = 0; i < 2000; i++) client.send(FrameType.data, 0, 1);
    });
  });

  test('a head without end', async () => {
    await overrun((client) => {
      client.send(FrameType.headers, END_STREAM, 1, literals(soundGet));
      for (let i = 0; i < 1000; i++)
        client.send(FrameType.continuation, 0, 1, literals([['x-a', 'a'.repeat(1000)]]));
    });
  });

  test('bytes that are no HTTP/2', async () => {
    await overrun((client) => client.socket.write(Buffer.alloc(100_000, 0xff)));
  });
});

describe('the reset budget', () => {
  test('lets 200 requests be broken off at once, and 20 a second after that', () => {
    const budget = new ResetBudget(0);
    for (let i = 0; i < 200; i++) assert.ok(budget.spend(0));
    assert.ok(!budget.spend(0));
    for (let i = 0; i < 20; i++) assert.ok(budget.spend(1000));
    assert.ok(!budget.spend(1000));
  });

  test('is full again after ten seconds, and never more than full', () => {
    const budget = new ResetBudget(0);
    for (let i = 0; i < 200; i++) assert.ok(budget.spend(60_000));
    assert.ok(!budget.spend(60_000));
  });
});

describe('limits', options, () => {
  test('a hundred and first request at the same time is refused, the hundred are answered', async () => {
    const goOn = Promise.withResolvers<void>();
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      for (;;) {
        await connection.request();
        await goOn.promise;
        connection.send(OK_ANSWER);
      }
    });
    await using proxy = await startTestProxy({ monolith: upstream.port, address });
    using client = await RawHttp2.connect(proxy.port);
    for (let i = 0; i <= 100; i++) client.ask(2 * i + 1, soundGet);
    assert.equal(await client.fate(201), `reset ${NGHTTP2_REFUSED_STREAM}`);
    goOn.resolve();
    for (let i = 0; i < 100; i++) assert.equal(await client.fate(2 * i + 1), 'status 200');
  });

  test('a head over the limit is refused, the connection stays', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      address,
      listener: { maxHeaderBytes: 8192 },
    });
    using client = await RawHttp2.connect(proxy.port);
    client.ask(1, getWith({}, ['x-a', 'a'.repeat(8200)]));
    // 431 is not in the table of common statuses; once our settings are acknowledged it is a reset.
    assert.match(await client.fate(1), /^(?:status 0|reset 11)$/);
    client.ask(3, soundGet);
    assert.equal(await client.fate(3), 'status 200');
    assert.equal(upstream.requests.length, 1);
  });

  test('a connection that lies idle, or never asks, is told and closed', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      address,
      listener: { keepAliveTimeoutMs: 100, headersTimeoutMs: 100 },
    });
    using silent = await RawHttp2.connect(proxy.port);
    using idle = await RawHttp2.connect(proxy.port);
    idle.ask(1, soundGet);
    assert.equal(await idle.fate(1), 'status 200');
    assert.equal(await goAwayCode(idle), constants.NGHTTP2_NO_ERROR);
    assert.equal(await goAwayCode(silent), constants.NGHTTP2_NO_ERROR);
  });

  test('a client that takes nothing of its answer is reset after the upstream’s idle timeout', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
      connection.send(Buffer.alloc(1_000_000));
      await connection.ending();
      gone.resolve();
    });
    const gone = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({
      monolith: upstream.port,
      address,
      upstream: { idleTimeoutMs: 200 },
    });
    // It never opens its window.
    using client = await RawHttp2.connect(proxy.port);
    client.ask(1, soundGet);
    await client.until(({ type }) => type === FrameType.reset || undefined);
    await gone.promise;
    assert.ok(!client.frames.some(({ type, flags }) => type === FrameType.data && flags & END_STREAM));
  });
});
