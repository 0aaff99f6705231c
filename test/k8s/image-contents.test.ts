import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assembleImage } from './assemble-image.ts';
import { readDockerfile } from './dockerfile.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

describe('what an image holds is enough', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ficus-images-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  test('for the proxy: it runs as far as its settings, and so does its probe', () => {
    const stages = readDockerfile(read('Dockerfile'));
    const image = assembleImage(path.join(folder, 'proxy'), stages);
    assert.deepEqual(image.command.slice(0, 2), ['/app/bin/ficus', 'up']);
    const { status, stderr } = image.run(image.command, { FICUS_PORT: 'none' });
    assert.match(stderr, /FICUS_PORT must be a whole number/);
    assert.equal(status, 2);

    const healthcheck = stages
      .at(-1)!
      .find(({ name }) => name === 'HEALTHCHECK')!
      .words.join(' ');
    const probe = JSON.parse(/CMD (\[.*\])/.exec(healthcheck)![1]!);
    assert.match(
      image.run(probe, { FICUS_ADMIN_PORT: '1' }).stderr,
      /127\.0\.0\.1:1\/healthz: .*ECONNREFUSED/,
    );
  });

  for (const service of ['catalog', 'payments']) {
    test(`for ${service}: it runs as far as its settings`, () => {
      const stages = readDockerfile(read('extracted-services/Dockerfile'), { SERVICE: service });
      const image = assembleImage(path.join(folder, service), stages);
      const { status, stderr } = image.run(image.command, {});
      assert.match(stderr, /DATABASE_URL is not set/);
      assert.equal(status, 1);
    });
  }

  test('for the proxy: what it loads is compiled while the image is built, where bin/ficus looks for it', () => {
    const stages = readDockerfile(read('Dockerfile'));
    const image = assembleImage(path.join(folder, 'warm'), stages);
    const [setting, ...program] = stages
      .at(-1)!
      .find(({ name, words }) => name === 'RUN' && words[0]?.startsWith('NODE_COMPILE_CACHE='))!
      .words.slice(0, 3);
    const root = /root\/(node_modules\/\.cache\/ficus)/.exec(read('bin/ficus'))![1]!;
    assert.equal(setting, `NODE_COMPILE_CACHE=/app/${root}`);
    const cache = path.join(folder, 'warm-cache');
    const { status, stderr } = image.run(program, { NODE_COMPILE_CACHE: cache });
    assert.deepEqual([status, stderr], [0, '']);
    const compiled = globSync('*/*', { cwd: cache });
    assert.ok(compiled.length > 200, `${compiled.length} modules`);
  });
});
