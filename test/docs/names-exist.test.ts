import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import benchPackageJson from '../../bench/package.json' with { type: 'json' };
import packageJson from '../../package.json' with { type: 'json' };

const root = path.resolve(import.meta.dirname, '../..');
const pages = globSync(['*.md', 'docs/**/*.md', 'k8s/*.md', 'bench/*.md'], { cwd: root });
const commands = globSync('cli/commands/*.ts', { cwd: root }).map((file) => path.basename(file, '.ts'));
const settings = [
  'settings.ts',
  'settings/login.ts',
  'settings/pacts.ts',
  'settings/database.ts',
  'settings/secrets.ts',
  'settings/reveal.ts',
  'settings/trace.ts',
  'config/secret-variables.ts',
]
  .map((file) => readFileSync(path.join(root, 'proxy', file), 'utf8'))
  .join('\n');

/** Folders of the checkout in which a page's back-quoted paths are looked for. */
const folders = new Set([
  'proxy',
  'cli',
  'extracted-services',
  'examples',
  'contracts',
  'test',
  'bench',
  'k8s',
  'docs',
  'scripts',
  'bin',
]);

for (const page of pages) {
  const text = readFileSync(path.join(root, page), 'utf8');
  describe(page, () => {
    test('every link leads to a file', () => {
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1]!);
      const broken = links.filter((link) => !existsSync(path.resolve(root, path.dirname(page), link)));
      assert.deepEqual(broken, []);
    });

    test('every path of the checkout exists', () => {
      const paths = [...text.matchAll(/`((?:\.\/)?[\w.-]+\/[\w./-]*)`/g)].map((match) => match[1]!);
      const ours = paths.filter((one) => folders.has(one.replace('./', '').split('/')[0]!));
      const missing = ours.filter(
        (one) =>
          !existsSync(path.join(root, one)) && !existsSync(path.resolve(root, path.dirname(page), one)),
      );
      assert.deepEqual(missing, []);
    });

    test('every command and npm script exists', () => {
      const asked = [...text.matchAll(/(?:^|[`/ ])ficus ([a-z]+)\b(?=[^.]*?`|\s+[\w-]+|$)/gm)].map(
        (match) => match[1]!,
      );
      const inCode = asked.filter((name) => new RegExp(`(\`|\\./bin/)ficus ${name}`).test(text));
      assert.deepEqual(
        inCode.filter((name) => !commands.includes(name)),
        [],
      );
      const scripts = [...text.matchAll(/npm run ([\w-]+)/g)].map((match) => match[1]!);
      const known = { ...packageJson.scripts, ...benchPackageJson.scripts } as Record<string, string>;
      assert.deepEqual(
        scripts.filter((name) => !(name in known)),
        [],
      );
    });

    test('every setting of the proxy is read', () => {
      const named = [...text.matchAll(/`(FICUS_[A-Z\d_]+|UNLEASH_[A-Z_]+)/g)].map((match) => match[1]!);
      const notTheProxys = new Set(['FICUS_ADMIN_URL', 'FICUS_TOKEN']);
      assert.deepEqual(
        named.filter((name) => !settings.includes(`'${name}'`) && !notTheProxys.has(name)),
        [],
      );
    });
  });
}
