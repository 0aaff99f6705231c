import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { copiesFromProject, reachesBuilder, readDockerfile } from './dockerfile.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const dockerignore = read('.dockerignore');

const images = [
  { dockerfile: 'Dockerfile', args: {} },
  ...globSync('extracted-services/*/main.ts', { cwd: root }).map((main) => ({
    dockerfile: 'extracted-services/Dockerfile',
    args: { SERVICE: path.basename(path.dirname(main)) },
  })),
];

for (const { dockerfile, args } of images) {
  const stages = readDockerfile(read(dockerfile), args);
  const copies = stages.flatMap(copiesFromProject);
  const last = stages.at(-1)!;

  describe(`${dockerfile} ${Object.values(args).join()}`, () => {
    test('every stage starts from the very Node that package.json pins', () => {
      for (const [from] of stages) {
        assert.equal(from?.words[0], `node:${packageJson.dependencies.node}-slim`);
      }
    });

    test('what it copies exists and is let through by .dockerignore', () => {
      for (const source of copies.flatMap(({ sources }) => sources)) {
        assert.ok(existsSync(path.join(root, source)), source);
        for (const file of filesIn(source)) assert.ok(reachesBuilder(dockerignore, file), file);
      }
    });

    test('runs as a user with a number that is not root', () => {
      const users = last.filter(({ name }) => name === 'USER').map(({ words }) => words[0]!);
      assert.match(users.at(-1) ?? 'none', /^[1-9]\d*:[1-9]\d*$/);
    });
  });
}

describe('.dockerignore', () => {
  for (const file of [
    '.env',
    '.git/config',
    '.ficus/flags.json',
    'node_modules/pg/package.json',
    'secrets.yaml',
  ]) {
    test(`keeps ${file} from the builder`, () => assert.ok(!reachesBuilder(dockerignore, file)));
  }
});

describe('images have no development dependencies: what they run needs none', () => {
  const parts = [
    { folders: ['cli', 'proxy'], manifest: 'package.json' },
    ...globSync('extracted-services/*/package.json', { cwd: root }).map((manifest) => ({
      folders: [path.dirname(manifest)],
      manifest,
    })),
  ];
  for (const { folders, manifest } of parts) {
    test(folders.join(' and '), () => {
      const { dependencies } = JSON.parse(read(manifest));
      const imported = new Set(folders.flatMap(filesIn).flatMap(packagesImportedBy));
      assert.deepEqual(
        [...imported].filter((name) => !(name in dependencies)),
        [],
      );
    });
  }
});

function filesIn(source: string): string[] {
  if (statSync(path.join(root, source)).isFile()) return [source];
  return globSync(`${source}/**/*.*`, { cwd: root, exclude: ['**/node_modules'] });
}

/** Names of packages whose code is loaded; what is imported as a type alone is gone when it runs. */
function packagesImportedBy(file: string): string[] {
  if (!file.endsWith('.ts')) return [];
  const pattern = /^(?:import|export) (?!type )[^;']*?from '([^']+)'|import\('([^']+)'\)|^import '([^']+)'/gm;
  return [...read(file).matchAll(pattern)]
    .map((match) => match[1] ?? match[2] ?? match[3]!)
    .filter((name) => !/^(\.|node:)/.test(name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}
