import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { Upstream } from '../../../proxy/routing/model.ts';
import { askOnce, RawClient } from '../../support/raw-client.ts';
import { authority, localServer, otherServer, testClient } from '../../support/test-certificates.ts';
import { handshake } from './handshake.ts';
import { startTestProxy } from './test-proxy.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';

/** A TLS upstream that tells which client certificate it saw, and the proxy before it. */
async function startTlsUpstream(server: { cert: string; key: string }, tls: Upstream['tls']) {
  let asked = 0;
  const upstream = https.createServer({
    ...server,
    ca: authority,
    requestCert: true,
    rejectUnauthorized: false,
  });
  upstream.on('request', (req, res) => {
    asked++;
    const socket = req.socket as TLSSocket;
    res.end(`client ${socket.authorized ? socket.getPeerCertificate().subject.CN : 'unknown'}`);
  });
  const webSockets = new WebSocketServer({ server: upstream });
  upstream.on('tlsClientError', () => {});
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const proxy = await startTestProxy({ monolith: port, upstream: { protocol: 'https:', tls } });
  return {
    port: proxy.port,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      webSockets.close();
      upstream.closeAllConnections();
      upstream.close();
    },
  };
}

describe('an upstream behind TLS', () => {
  test('is trusted by its authority', async () => {
    await using upstream = await startTlsUpstream(localServer, { ca: authority });
    assert.equal((await askOnce(upstream.port, get)).text, 'client unknown');
  });

  test('sees the client certificate that is set for it', async () => {
    await using upstream = await startTlsUpstream(localServer, { ca: authority, ...testClient });
    assert.equal((await askOnce(upstream.port, get)).text, 'client client');
  });

  test('keeps its connection', async () => {
    await using upstream = await startTlsUpstream(localServer, { ca: authority });
    using client = await RawClient.connect(upstream.port);
    const first = (await client.ask(get)).status;
    assert.deepEqual([first, (await client.ask(get)).status], [200, 200]);
  });

  test('of an unknown authority is a 502, and is sent nothing', async () => {
    await using upstream = await startTlsUpstream(localServer, undefined);
    const answer = await askOnce(upstream.port, get);
    assert.deepEqual([answer.status, answer.json()['code']], [502, 'upstream_connect']);
    assert.equal(upstream.asked(), 0);
  });

  test('of another name is a 502, and is sent nothing', async () => {
    await using upstream = await startTlsUpstream(otherServer, { ca: authority });
    assert.equal((await askOnce(upstream.port, get)).status, 502);
    assert.equal(upstream.asked(), 0);
  });

  test('takes WebSockets', async () => {
    await using upstream = await startTlsUpstream(localServer, { ca: authority });
    assert.equal((await askOnce(upstream.port, handshake('/live'))).status, 101);
  });

  test('of an unknown authority takes no WebSockets', async () => {
    await using upstream = await startTlsUpstream(localServer, undefined);
    assert.equal((await askOnce(upstream.port, handshake('/live'))).status, 502);
  });
});

test('an upstream at a unix socket answers, and gets a Host from a client without one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-unix-'));
  const socketPath = path.join(folder, 'upstream.sock');
  const upstream = http.createServer((req, res) => res.end(`${req.url} for ${req.headers.host}`));
  upstream.listen(socketPath);
  await once(upstream, 'listening');
  try {
    await using proxy = await startTestProxy({ monolith: 0, upstream: { protocol: 'unix:', socketPath } });
    assert.equal((await askOnce(proxy.port, get)).text, '/a for shop');
    assert.equal((await askOnce(proxy.port, 'GET /a HTTP/1.0\r\n\r\n')).text, '/a for localhost');
  } finally {
    upstream.closeAllConnections();
    upstream.close();
    await rm(folder, { recursive: true });
  }
});
