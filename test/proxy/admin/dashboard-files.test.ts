import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import supertest from 'supertest';
import { createAdminApp } from '../../../proxy/admin/admin-app.ts';
import { type AdminServer, startAdmin } from '../../../proxy/admin/start-admin.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { rawRequest } from './started-admin.ts';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const page = '<!doctype html><title>Ficus</title>';

describe('a built dashboard', () => {
  let folder: string;
  let admin: AdminServer;
  let client: ReturnType<typeof supertest>;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ficus-dashboard-'));
    await mkdir(path.join(folder, 'dist/assets'), { recursive: true });
    await writeFile(path.join(folder, 'dist/index.html'), page);
    await writeFile(path.join(folder, 'dist/assets/index-a1b2.js'), 'export {};');
    await writeFile(path.join(folder, 'dist/notes.txt'), 'no file of the page');
    await writeFile(path.join(folder, 'secret.js'), 'secret');
    const options = {
      deps: new InMemoryEstate().deps(),
      port: 0,
      dashboardFolder: path.join(folder, 'dist'),
    };
    admin = await startAdmin(options);
    client = supertest(admin.url);
  });

  after(async () => {
    await admin.close();
    await rm(folder, { recursive: true });
  });

  test('a browser gets the page at every address of its screens, never from a cache, and with nothing inline', async () => {
    for (const address of [
      '/',
      '/migrations/catalog',
      '/differences?state=open',
      '/differences/catalog/5f1c0a9be2d4',
      '/audit',
      '/settings',
    ]) {
      const { text, headers } = await client.get(address).set('Accept', browser).expect(200);
      assert.equal(text, page, address);
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      const policy = headers['content-security-policy'] ?? '';
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
      ]) {
        assert.ok(policy.split('; ').includes(part), `${part} in ${policy}`);
      }
      assert.doesNotMatch(policy, /unsafe/);
      assert.equal(headers['x-frame-options'], 'DENY');
    }
  });

  test('who does not ask for HTML gets the plain front page', async () => {
    for (const accept of ['*/*', 'text/plain', 'application/json', '']) {
      const { text, headers } = await client.get('/').set('Accept', accept).expect(200);
      assert.match(text, /^Ficus, admin plane/);
      assert.match(headers['vary'] ?? '', /Accept/);
    }
  });

  test('a file with a hash in its name is kept for good, whole or compressed', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const { text, headers } = await client
        .get('/assets/index-a1b2.js')
        .set('Accept-Encoding', encoding)
        .buffer(true)
        .parse((response, done) => {
          let read = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            read += chunk;
          });
          response.on('end', () => done(null, read));
        })
        .expect(200)
        .then(({ body, headers }) => ({ text: body as string, headers }));
      assert.equal(text, 'export {};');
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
      assert.equal(headers['content-encoding'], encoding === 'gzip' ? 'gzip' : undefined);
    }
  });

  test('no request reaches a file beside the page', async () => {
    const host = new URL(admin.url).host;
    for (const target of [
      '/../secret.js',
      '/assets/../../secret.js',
      '/assets/..%2f..%2fsecret.js',
      '/%2e%2e/secret.js',
      '/assets/..\\..\\secret.js',
      '/notes.txt',
      '/assets/',
      '/assets/missing.js',
      '/__proto__',
    ]) {
      const answer = await rawRequest(
        admin.url,
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAccept: ${browser}\r\nConnection: close\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 40\d /, target);
      assert.doesNotMatch(answer, /\r\n\r\nsecret|no file of the page/);
    }
  });

  test('a browser that asks for the API gets the API', async () => {
    await client.get('/api/migrations').set('Accept', browser).expect(200).expect('Content-Type', /json/);
    await client.get('/nowhere').set('Accept', browser).expect(404);
    await client.get('/migrationsandmore').set('Accept', browser).expect(404);
  });
});

test('while nothing is built a browser, too, gets the plain front page', async () => {
  const app = createAdminApp(new InMemoryEstate().deps(), { dashboardFolder: '/nonexistent' });
  const server = app.listen(0, '127.0.0.1');
  try {
    const { text } = await supertest(server).get('/').set('Accept', browser).expect(200);
    assert.match(text, /^Ficus, admin plane/);
  } finally {
    server.close();
  }
});
