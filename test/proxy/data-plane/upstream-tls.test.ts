import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { watchRoutes } from '../../../proxy/config/watch-routes.ts';
import { startDataPlane } from '../../../proxy/data-plane/data-plane.ts';
import type { ControlSnapshot } from '../../../proxy/data-plane/snapshot.ts';
import type { RoutingModel } from '../../../proxy/routing/model.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { askOnce } from '../../support/raw-client.ts';
import {
  authority,
  expiredServer,
  localServer,
  otherServer,
  secondClient,
  testClient,
} from '../../support/test-certificates.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';

/** A TLS upstream that answers with the name of the client's certificate. */
async function startTlsUpstream(t: TestContext, server: { cert: string; key: string }) {
  const seen = { requests: 0, handshakes: 0, resumed: 0 };
  const upstream = https.createServer({
    ...server,
    ca: [authority, secondClient.cert],
    requestCert: true,
    rejectUnauthorized: false,
  });
  upstream.on('secureConnection', (socket: TLSSocket) => {
    seen.handshakes++;
    if (socket.isSessionReused()) seen.resumed++;
  });
  upstream.on('request', (req, res) => {
    seen.requests++;
    const socket = req.socket as TLSSocket;
    res.end(socket.authorized ? socket.getPeerCertificate().subject.CN : 'nobody known');
  });
  upstream.on('tlsClientError', () => {});
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  t.after(() => {
    upstream.closeAllConnections();
    upstream.close();
  });
  return { seen, port: (upstream.address() as AddressInfo).port };
}

/** A data plane whose routes.yaml and certificates lie in a folder, and are watched there. */
async function startWatched(t: TestContext, port: number, files: Record<string, string>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-tls-'));
  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const settings = Object.keys(files).map((name) => `${name}: ${name}`);
  await write(
    'routes.yaml',
    `upstreams:\n  monolith: { url: "https://127.0.0.1:${port}", ${settings.join(', ')} }\ndefault: monolith\n`,
  );
  let applied = Promise.withResolvers<void>();
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  const snapshotOf = (routing: RoutingModel): ControlSnapshot => ({
    revision: 1,
    routing,
    features: { version: 2, features: [], segments: [] },
    caps: {},
    dryRunMigrations: [],
  });
  const watcher = await watchRoutes({
    file: path.join(folder, 'routes.yaml'),
    onModel(model) {
      plane?.apply(snapshotOf(model));
      applied.resolve();
    },
    onProblems() {},
    log: pino({ level: 'silent' }),
    settleMs: 10,
    pollMs: 50,
  });
  let plane: Awaited<ReturnType<typeof startDataPlane>> | undefined;
  plane = await startDataPlane(
    { host: '127.0.0.1', port: 0, debugHeaders: false, log, clock: systemClock, deliverPair: () => true },
    snapshotOf(watcher.current()!),
  );
  t.after(async () => {
    watcher.close();
    await plane.close(0);
    await rm(folder, { recursive: true });
  });
  return {
    port: plane.port,
    lines,
    /** Resolves when the data plane has what is in the files now. */
    async replace(changed: Record<string, string>): Promise<void> {
      applied = Promise.withResolvers();
      for (const [name, text] of Object.entries(changed)) await write(name, text);
      await applied.promise;
    },
  };
}

describe('an upstream that cannot prove who it is', () => {
  const cases = [
    ['has a certificate for another name', otherServer, authority, 'ERR_TLS_CERT_ALTNAME_INVALID|altnames'],
    ['has an expired certificate', expiredServer, expiredServer.cert, 'expired'],
    ['has a certificate of another authority', localServer, secondClient.cert, 'certificate'],
  ] as const;
  for (const [name, server, ca, why] of cases) {
    test(`because it ${name} gets no byte; the client a 502 without the reason, the log the reason`, async (t) => {
      const upstream = await startTlsUpstream(t, server);
      const proxy = await startWatched(t, upstream.port, { ca });
      const answer = await askOnce(proxy.port, get);
      assert.deepEqual([answer.status, answer.json()['code']], [502, 'upstream_connect']);
      assert.equal(upstream.seen.requests, 0);
      assert.match(proxy.lines.join(''), new RegExp(why));
      assert.doesNotMatch(answer.text, /cert|altname|expired|127\.0\.0\.1/i);
    });
  }
});

describe('a client certificate', () => {
  test('that is replaced on disk is shown from then on, and never resumed under the old one', async (t) => {
    const upstream = await startTlsUpstream(t, localServer);
    const proxy = await startWatched(t, upstream.port, { ca: authority, ...testClient });
    assert.equal((await askOnce(proxy.port, get)).text, 'client');
    await proxy.replace(secondClient);
    assert.equal((await askOnce(proxy.port, get)).text, 'second client');
    await proxy.replace(testClient);
    assert.equal((await askOnce(proxy.port, get)).text, 'client');
    assert.deepEqual(upstream.seen, { requests: 3, handshakes: 3, resumed: 0 });
  });
});

test('an authority that is replaced on disk is the one that is trusted from then on', async (t) => {
  const upstream = await startTlsUpstream(t, localServer);
  const proxy = await startWatched(t, upstream.port, { ca: secondClient.cert });
  assert.equal((await askOnce(proxy.port, get)).status, 502);
  await proxy.replace({ ca: authority });
  assert.equal((await askOnce(proxy.port, get)).status, 200);
});
