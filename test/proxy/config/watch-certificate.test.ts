import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { readCertificate } from '../../../proxy/config/read-certificate.ts';
import { watchCertificate } from '../../../proxy/config/watch-certificate.ts';
import { localServer, otherServer, shortLivedServer } from '../../support/test-certificates.ts';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const options = { timeout: 20_000 };
const minVersion = 'TLSv1.2';

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ficus-tls-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function write(directory: string, { cert, key }: Pair): { certFile: string; keyFile: string } {
  const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') };
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key);
  return files;
}

/** What a watcher logs and hands on, in order. */
class Heard {
  readonly all: string[] = [];
  #wake = () => {};

  say(text: string): void {
    this.all.push(text);
    this.#wake();
  }

  async until(text: string): Promise<void> {
    while (!this.all.includes(text)) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }
}

const names = new Map<string, string>([
  [localServer.cert, 'local'],
  [otherServer.cert, 'other'],
  [shortLivedServer.cert, 'short-lived'],
]);

async function watchIt(
  t: TestContext,
  files: { certFile: string; keyFile: string },
  { year = 2027, pollMs = 60_000 } = {},
) {
  const heard = new Heard();
  const log = pino(
    { level: 'warn' },
    { write: (line) => heard.say((JSON.parse(line) as { msg: string }).msg) },
  );
  const watcher = await watchCertificate({
    files: { ...files, minVersion },
    onCertificate: ({ cert }) => heard.say(names.get(cert) ?? 'unknown'),
    clock: { now: () => Date.UTC(year, 0), monotonic: () => 0 },
    log,
    settleMs: 20,
    pollMs,
  });
  t.after(() => watcher.close());
  return { heard, watcher };
}

const refused = 'certificate refused, the last good one stays';

test('the first certificate is there when the watcher is', options, async (t) => {
  const { heard, watcher } = await watchIt(t, write(temporaryDirectory(t), localServer));
  assert.equal(watcher.current().cert, localServer.cert);
  assert.equal(watcher.current().notAfter, Date.UTC(2126, 9, 28, 5, 47, 7));
  assert.equal(watcher.problem(), undefined);
  assert.deepEqual(heard.all, []);
});

test('a first certificate that can’t be served is an error', options, async (t) => {
  const files = write(temporaryDirectory(t), { cert: localServer.cert, key: otherServer.key });
  await assert.rejects(
    watchIt(t, files),
    /^Error: the certificate is refused: the key in ".*tls\.key" is not/,
  );
});

describe('a new certificate is served when it comes', () => {
  test('written in place, the key after the certificate', options, async (t) => {
    const directory = temporaryDirectory(t);
    const files = write(directory, localServer);
    const { heard, watcher } = await watchIt(t, files);
    writeFileSync(files.certFile, otherServer.cert);
    await heard.until(refused);
    assert.equal(watcher.current().cert, localServer.cert);
    assert.match(watcher.problem()!, /^the key in ".*" is not that of ".*"$/);
    writeFileSync(files.keyFile, otherServer.key);
    await heard.until('other');
    assert.equal(watcher.current().cert, otherServer.cert);
    assert.equal(watcher.problem(), undefined);
  });

  test('renamed over the old one', options, async (t) => {
    const directory = temporaryDirectory(t);
    const files = write(directory, localServer);
    const { heard } = await watchIt(t, files);
    writeFileSync(join(directory, 'new.key'), otherServer.key);
    writeFileSync(join(directory, 'new.crt'), otherServer.cert);
    renameSync(join(directory, 'new.key'), files.keyFile);
    renameSync(join(directory, 'new.crt'), files.certFile);
    await heard.until('other');
  });

  test('by the swap of a Secret’s ..data', options, async (t) => {
    const directory = temporaryDirectory(t);
    for (const [name, pair] of Object.entries({ '..1': localServer, '..2': otherServer })) {
      mkdirSync(join(directory, name));
      write(join(directory, name), pair);
    }
    symlinkSync('..1', join(directory, '..data'));
    const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') };
    symlinkSync('..data/tls.crt', files.certFile);
    symlinkSync('..data/tls.key', files.keyFile);
    const { heard } = await watchIt(t, files);
    symlinkSync('..2', join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    await heard.until('other');
    assert.deepEqual(heard.all, ['other']);
  });

  test('in folders of their own', options, async (t) => {
    const directory = temporaryDirectory(t);
    mkdirSync(join(directory, 'private'));
    const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'private', 'tls.key') };
    writeFileSync(files.certFile, localServer.cert);
    writeFileSync(files.keyFile, localServer.key);
    const { heard } = await watchIt(t, files);
    writeFileSync(files.certFile, otherServer.cert);
    await heard.until(refused);
    writeFileSync(files.keyFile, otherServer.key);
    await heard.until('other');
  });

  test('where the kernel says nothing', options, async (t) => {
    // The link's target lies in a folder that nobody watches.
    const directory = temporaryDirectory(t);
    mkdirSync(join(directory, 'elsewhere'));
    write(join(directory, 'elsewhere'), localServer);
    const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') };
    symlinkSync('elsewhere/tls.crt', files.certFile);
    symlinkSync('elsewhere/tls.key', files.keyFile);
    const { heard } = await watchIt(t, files, { pollMs: 20 });
    write(join(directory, 'elsewhere'), otherServer);
    await heard.until('other');
  });
});

describe('the one before stays', () => {
  test('when the files are deleted, until they are there again', options, async (t) => {
    const files = write(temporaryDirectory(t), localServer);
    const { heard, watcher } = await watchIt(t, files);
    unlinkSync(files.certFile);
    await heard.until(refused);
    assert.match(watcher.problem()!, /can't be read: ENOENT$/);
    writeFileSync(files.certFile, localServer.cert);
    writeFileSync(files.keyFile, otherServer.key);
    writeFileSync(files.certFile, otherServer.cert);
    await heard.until('other');
    assert.equal(watcher.problem(), undefined);
  });

  test('when the new one has expired and it has not', options, async (t) => {
    const directory = temporaryDirectory(t);
    const files = write(directory, localServer);
    const { heard, watcher } = await watchIt(t, files, { year: 2050 });
    writeFileSync(files.keyFile, shortLivedServer.key);
    writeFileSync(files.certFile, shortLivedServer.cert);
    await heard.until(refused);
    write(directory, otherServer);
    await heard.until('other');
    assert.ok(!heard.all.includes('short-lived'));
    assert.equal(watcher.current().cert, otherServer.cert);
  });

  test('and nothing is said when the files only look changed', options, async (t) => {
    const directory = temporaryDirectory(t);
    const files = write(directory, localServer);
    const { heard } = await watchIt(t, files);
    write(directory, localServer);
    appendFileSync(files.certFile, otherServer.cert);
    appendFileSync(files.certFile, '\n');
    await new Promise((resolve) => setTimeout(resolve, 0));
    write(directory, otherServer);
    await heard.until('other');
    assert.ok(!heard.all.includes('local'));
  });
});

describe('one is warned of', () => {
  const dates: [year: number, message: string][] = [
    [2200, 'the certificate has expired'],
    [2020, 'the certificate is not valid yet'],
  ];
  for (const [year, message] of dates) {
    test(`in ${year}: ${message}`, options, async (t) => {
      const { heard } = await watchIt(t, write(temporaryDirectory(t), localServer), { year });
      assert.deepEqual(heard.all, [message]);
    });
  }
});

describe('a certificate is refused', () => {
  const bad: [why: RegExp, cert: string, key: string][] = [
    [/tls\.crt" is no PEM file$/, 'hello', localServer.key],
    [/tls\.key" is no PEM file$/, localServer.cert, ''],
    [/tls\.crt" holds no certificate that can be read$/, localServer.key, localServer.key],
    [/tls\.crt" holds no certificate/, localServer.cert.replace('MIIB', 'XXXX'), localServer.key],
    [/tls\.key" holds no private key$/, localServer.cert, localServer.cert],
    [/is encrypted, and there is no passphrase$/, shortLivedServer.cert, shortLivedServer.encryptedKey],
    [/is not that of/, localServer.cert, otherServer.key],
  ];
  for (const [why, cert, key] of bad) {
    test(`${why}`, async (t) => {
      const files = write(temporaryDirectory(t), { cert, key });
      const result = await readCertificate({ ...files, minVersion });
      assert.match('problem' in result ? result.problem : 'none', why);
    });
  }

  test('when there is none', async () => {
    const result = await readCertificate({ certFile: '/nowhere/a', keyFile: '/nowhere/b', minVersion });
    assert.deepEqual(result, { problem: `"/nowhere/a" can't be read: ENOENT` });
  });
});
