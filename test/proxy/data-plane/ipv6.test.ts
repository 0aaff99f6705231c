import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
const request = (...lines: string[]) =>
  `GET /a HTTP/1.1\r\nHost: [::1]:8080\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

async function connectTo(host: string, port: number): Promise<RawClient> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  return new RawClient(socket);
}

describe('IPv6', { skip: hasIPv6 ? false : 'this machine has no ::1', timeout: 20_000 }, () => {
  test('a client’s address is given in the form that each header wants', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address: { host: '::' } });
    using client = await connectTo('::1', proxy.port);
    assert.equal((await client.ask(request('X-Forwarded-For: 1.2.3.4'))).text, 'ok');
    const { request: forwarded } = upstream;
    assert.equal(forwarded.value('Host'), '[::1]:8080');
    assert.deepEqual(forwarded.values('X-Forwarded-For'), ['::1']);
    assert.equal(forwarded.value('X-Forwarded-Host'), '[::1]:8080');
    assert.equal(forwarded.value('Forwarded'), 'for="[::1]";host="[::1]:8080";proto=http');
  });

  test('a client with an IPv4 address has it, though the listener is for both', async () => {
    await using upstream = await RecordingUpstream.start();
    await using proxy = await startTestProxy({ monolith: upstream.port, address: { host: '::' } });
    using client = await connectTo('127.0.0.1', proxy.port);
    await client.ask(request());
    assert.equal(upstream.request.value('X-Forwarded-For'), '127.0.0.1');
    assert.equal(upstream.request.value('Forwarded'), 'for=127.0.0.1;host="[::1]:8080";proto=http');
  });

  test('an upstream at an IPv6 address is reached, and its Location is mapped', async () => {
    await using upstream = await RecordingUpstream.start(
      () => `HTTP/1.1 302 Found\r\nLocation: http://[::1]:${upstream.port}/b\r\nContent-Length: 0\r\n\r\n`,
      '::1',
    );
    await using proxy = await startTestProxy({ monolith: upstream.port, upstream: { hostname: '::1' } });
    using client = await connectTo('127.0.0.1', proxy.port);
    assert.equal((await client.ask(request())).value('Location'), 'http://[::1]:8080/b');
    const old = await client.ask('GET /a HTTP/1.0\r\n\r\n');
    assert.equal(old.value('Location'), '/b');
    assert.equal(upstream.requests[1]!.value('Host'), `[::1]:${upstream.port}`);
  });
});
