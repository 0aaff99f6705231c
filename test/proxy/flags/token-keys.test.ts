import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { readJwks, readPublicKeys } from '../../../proxy/config/read-public-keys.ts';
import { openTokenKeys } from '../../../proxy/flags/token-keys.ts';
import type { PublicJwk } from '../../../proxy/routing/identity.ts';
import type { RoutingModel } from '../../../proxy/routing/model.ts';
import { HeardLog } from './heard-log.ts';
import { answerJson, startStubUnleash } from './stub-unleash.ts';

const options = { timeout: 20_000 };
const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...((await exportJWK(publicKey)) as PublicJwk), kid: 'one' };

function folder(t: TestContext): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'ficus-keys-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  return dataDir;
}

async function open(t: TestContext, url: string, dataDir: string) {
  const heard = new HeardLog();
  const waiting: (() => void)[] = [];
  const keys = await openTokenKeys({
    dataDir,
    model: () => ({ jwt: { keys: { url, refreshSeconds: 60 } } }) as unknown as RoutingModel,
    readKeys: readJwks,
    onChange: () => {
      for (const wake of waiting.splice(0)) wake();
    },
    log: heard.log,
  });
  t.after(() => keys.close());
  const kids = () => keys.current().map(({ kid }) => kid);
  return { keys, heard, kids, changed: () => new Promise<void>((resolve) => waiting.push(resolve)) };
}

test(
  'keys of a URL are read in the background, again on demand, and kept for a start without it',
  options,
  async (t) => {
    const dataDir = folder(t);
    const stub = await startStubUnleash(answerJson({ keys: [jwk] }));
    t.after(() => stub.close().catch(() => {}));
    const { keys, kids, changed, heard } = await open(t, stub.url, dataDir);
    assert.deepEqual(kids(), []);
    await changed();
    assert.deepEqual(kids(), ['one']);
    stub.answer(answerJson({ keys: [jwk, { ...jwk, kid: 'two' }] }));
    const second = changed();
    keys.refresh();
    await second;
    assert.deepEqual(kids(), ['one', 'two']);

    const troubled = heard.until('keys of tokens not read, the last ones stay');
    stub.answer(answerJson({ keys: [{ ...jwk, kty: 'oct', k: 'c2VjcmV0' }] }));
    keys.refresh();
    assert.match(String((await troubled)['problem']), /has a shared secret/);
    assert.deepEqual(kids(), ['one', 'two']);

    await stub.close();
    assert.deepEqual((await open(t, stub.url, dataDir)).kids(), ['one', 'two']);
    assert.deepEqual((await open(t, 'http://127.0.0.1:9/other', dataDir)).kids(), []);
  },
);

test('a redirect is not followed: it could lead to the keys of somebody else', options, async (t) => {
  const other = await startStubUnleash(answerJson({ keys: [jwk] }));
  const stub = await startStubUnleash((_request, response) => {
    response.writeHead(302, { location: other.url }).end();
  });
  t.after(() => Promise.all([stub.close(), other.close()]));
  const { heard, kids } = await open(t, stub.url, folder(t));
  await heard.until('keys of tokens not read, the last ones stay', 0);
  assert.deepEqual(kids(), []);
  assert.equal(other.requests(), 0);
});

test('an answer without an end is given up once it is too long', options, async (t) => {
  const stub = await startStubUnleash((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write(' '.repeat(300_000));
  });
  t.after(() => stub.close());
  const { heard } = await open(t, stub.url, folder(t));
  const { problem } = await heard.until('keys of tokens not read, the last ones stay', 0);
  assert.equal(problem, 'it is over 262144 bytes');
});

const der = Buffer.from(await crypto.subtle.exportKey('spki', publicKey)).toString('base64');
const pem = `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
const unusable = [{ ...jwk, kty: 'AKP' }, { ...jwk, crv: 'P-999' }, { kty: 'RSA' }, smallRsa];
const written: [string, string, RegExp | number][] = [
  ['a JWKS', JSON.stringify({ keys: [jwk] }), 1],
  ['a single key', JSON.stringify(jwk), 1],
  ['a PEM public key', pem, 1],
  ['a set without its keys for encryption', JSON.stringify({ keys: [jwk, { ...jwk, use: 'enc' }] }), 1],
  ['a set with keys that can not be used here', JSON.stringify({ keys: [...unusable, jwk] }), 1],
  ['a set of such keys alone', JSON.stringify({ keys: unusable }), /"AKP" that can't be read \(keys\[0\]\)/],
  ['a small RSA key', JSON.stringify({ keys: [smallRsa] }), /RSA key of 1024 bits; 2048 are needed/],
  ['a set with a private key', JSON.stringify({ keys: [jwk, { ...jwk, d: 'x' }] }), /has a private key/],
  ['a set with a shared one', JSON.stringify({ keys: [jwk, { kty: 'oct', k: 'x' }] }), /has a shared secret/],
  ['a set of none', JSON.stringify({ keys: [] }), /has no key for signatures/],
  ['a private key', JSON.stringify(await exportJWK(privateKey)), /has a private key/],
  ['a PEM private key', '-----BEGIN PRIVATE KEY-----\nx', /holds a private key/],
  ['a broken key', JSON.stringify({ ...jwk, x: 'AA' }), /can't be read/],
  ['a text', 'hello', /is neither JSON nor PEM/],
];
for (const [name, text, expected] of written) {
  test(`a key file with ${name} is ${typeof expected === 'number' ? 'read' : 'refused'}`, () => {
    const read = readPublicKeys(text);
    if (typeof expected === 'number')
      assert.equal('value' in read ? read.value.length : read.problem, expected);
    else assert.match('problem' in read ? read.problem : 'read', expected);
  });
}
