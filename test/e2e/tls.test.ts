import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import tls, { type TLSSocket } from 'node:tls';
import { Http2Client } from '../support/http2-client.ts';
import { RawClient } from '../support/raw-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { authority, localServer, otherServer } from '../support/test-certificates.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ficus-e2e-tls-'));
const certFile = path.join(folder, 'tls.crt');
const keyFile = path.join(folder, 'tls.key');
const options = { timeout: 60_000 };
let upstream: RecordingUpstream;
let ficus: RunningFicus;

before(async () => {
  put(localServer);
  upstream = await RecordingUpstream.start();
  ficus = await RunningFicus.start(
    `{ upstreams: { monolith: { url: 'http://127.0.0.1:${upstream.port}' } }, default: monolith }`,
    {
      FICUS_TLS_CERT: certFile,
      FICUS_TLS_KEY: keyFile,
      FICUS_HTTP2: '1',
      FICUS_TRUSTED_PROXIES: '127.0.0.1',
      // Nobody there: traffic does not need it.
      DATABASE_URL: 'postgres://127.0.0.1:1/ficus',
    },
  );
}, options);

after(async () => {
  await ficus?.remove();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

function put({ cert, key }: { cert: string; key: string }): void {
  for (const [file, text] of [
    [keyFile, key],
    [certFile, cert],
  ] as const) {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
}

async function connect(): Promise<TLSSocket> {
  const socket = tls.connect({
    port: ficus.port,
    host: '127.0.0.1',
    ca: authority,
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  return socket;
}

/** Whose certificate new connections are shown; ten of them meet both workers. */
async function shown(): Promise<string> {
  const names = new Set<string>();
  for (let i = 0; i < 10; i++) {
    const socket = await connect();
    names.add(String(socket.getPeerCertificate().subject['CN']));
    socket.destroy();
  }
  return [...names].join(' and ');
}

async function certificatePart(): Promise<{ up: boolean; detail: string }> {
  const response = await fetch(`${ficus.adminUrl}/readyz`);
  const { parts } = (await response.json()) as { parts: { certificate: { up: boolean; detail: string } } };
  return parts.certificate;
}

test('clients are served by TLS, and a trusted proxy’s word reaches the monolith', options, async () => {
  using client = new RawClient(await connect());
  const answer = await client.ask('GET / HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n');
  assert.equal(answer.text, 'ok');
  // The monolith is also asked who it is.
  const forwarded = upstream.requests.find((request) => request.value('X-Forwarded-For') !== undefined);
  assert.equal(forwarded?.value('X-Forwarded-For'), '192.0.2.1, 127.0.0.1');
  assert.equal(forwarded?.value('X-Forwarded-Proto'), 'https');
  assert.deepEqual(await certificatePart(), { up: true, detail: 'valid until 2126-10-28T05:47:07.000Z' });
});

test('a client that speaks HTTP/2 is served as well', options, async () => {
  using client = await Http2Client.connect(ficus.port);
  assert.equal((await client.ask()).text, 'ok');
});

test('a certificate that does not fit its key changes nothing but the readiness part', options, async () => {
  put({ cert: otherServer.cert, key: localServer.key });
  await ficus.until('the certificate is refused', async () => !(await certificatePart()).up);
  assert.match((await certificatePart()).detail, /is not that of/);
  assert.equal(await shown(), 'server');
});

test('a new certificate is shown by every worker, and nobody is cut off', options, async () => {
  using before = new RawClient(await connect());
  put(otherServer);
  await ficus.until('both workers show it', async () => (await shown()) === 'other');
  assert.ok((await certificatePart()).up);
  assert.equal((await before.ask('GET / HTTP/1.1\r\nHost: shop\r\n\r\n')).text, 'ok');
});
