import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccessEntry } from '../../../proxy/telemetry/access-log.ts';
import { askOnce, RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { closedPort, ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { agreed, handshake } from './handshake.ts';
import { startTestProxy, type TestProxyOptions } from './test-proxy.ts';

/** A proxy whose access log has every request. */
async function startWithLog(options: TestProxyOptions) {
  const entries: AccessEntry[] = [];
  const accessLog = { wants: () => true, write: (entry: AccessEntry) => void entries.push(entry) };
  return { proxy: await startTestProxy({ ...options, accessLog }), entries };
}

/** What does not change from run to run. */
function steady({ requestId, traceId, durationMs, ...rest }: AccessEntry) {
  assert.match(requestId, /^[0-9a-f-]{36}$/);
  return rest;
}

describe('the access log', () => {
  test('has the trace that the upstream was told of, and the bytes of the body', async () => {
    await using upstream = await RecordingUpstream.start(
      () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    );
    const { proxy, entries } = await startWithLog({ monolith: upstream.port });
    await using _ = proxy;
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    await askOnce(
      proxy.port,
      `GET /a HTTP/1.1\r\nHost: shop\r\ntraceparent: 00-${trace}-00f067aa0ba902b7-01\r\n\r\n`,
    );
    await askOnce(proxy.port, 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
    assert.deepEqual(
      entries.map(({ traceId, bytes }) => [traceId, bytes]),
      upstream.requests.map((request) => [request.value('traceparent')?.split('-')[1], 5]),
    );
    assert.equal(entries[0]!.traceId, trace);
  });

  test('has the bytes that went out before an answer broke', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour');
      connection.end();
    });
    const { proxy, entries } = await startWithLog({ monolith: upstream.port });
    await using _ = proxy;
    await assert.rejects(askOnce(proxy.port, 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n'));
    assert.deepEqual([entries[0]!.bytes, entries[0]!.code], [4, 'upstream_closed']);
  });

  const refused: [name: string, request: string, entry: object][] = [
    ['no request at all', 'nonsense\r\n\r\n', { migration: '', status: 400, code: 'bad_request' }],
    [
      'a method that is not forwarded',
      'TRACE /a HTTP/1.1\r\nHost: shop\r\n\r\n',
      { method: 'TRACE', target: '/a', migration: '', status: 405, code: 'method_refused' },
    ],
    [
      'two lengths',
      'POST /a?x HTTP/1.1\r\nHost: shop\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      { method: 'POST', target: '/a?x', migration: '', status: 400, code: 'bad_request' },
    ],
  ];
  for (const [name, request, entry] of refused) {
    test(`has ${name}, with the reason`, async () => {
      const { proxy, entries } = await startWithLog({ monolith: await closedPort() });
      await using _ = proxy;
      await askOnce(proxy.port, request);
      assert.deepEqual(entries.map(steady), [{ method: undefined, target: undefined, ...entry }]);
    });
  }

  test('has what load shedding refused', async () => {
    const shedding = { sheds: () => true, reason: 'memory', pressedBy: 'memory', close() {} } as const;
    const { proxy, entries } = await startWithLog({ monolith: await closedPort(), shedding });
    await using _ = proxy;
    await askOnce(proxy.port, 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
    await askOnce(proxy.port, handshake('/live'));
    assert.deepEqual(
      entries.map(({ target, code }) => [target, code]),
      [
        ['/a', 'overloaded'],
        ['/live', 'overloaded'],
      ],
    );
  });

  test('has a WebSocket when it opens, and one that does not', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection, index) => {
      await connection.request();
      if (index === 0) connection.send(agreed());
      else connection.reset();
    });
    const { proxy, entries } = await startWithLog({ monolith: upstream.port, routes: ['GET /live'] });
    await using _ = proxy;
    using client = await RawClient.connect(proxy.port);
    await client.ask(handshake('/live'));
    await askOnce(proxy.port, handshake('/live'));
    assert.deepEqual(
      entries.map(({ side, route, status, code }) => [side, route, status, code]),
      [
        ['monolith', 'GET /live', 101, undefined],
        ['monolith', 'GET /live', 502, 'upstream_closed'],
      ],
    );
  });
});
