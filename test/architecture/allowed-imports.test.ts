import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * What each part may import of ours, besides itself. `telemetry` is everybody's. An entry may name one
 * file of a part; `*` is everything but what `never` says.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'proxy/routing': [],
  'proxy/telemetry': [],
  'proxy/files': [],
  'proxy/config': ['proxy/routing'],
  'proxy/flags': ['proxy/routing', 'proxy/files'],
  // Pure: what an OpenAPI document says, and whether an answer fits it.
  'proxy/openapi': ['proxy/config/read-pattern.ts', 'proxy/config/problem.ts'],
  'proxy/shadow': ['proxy/routing', 'proxy/openapi'],
  'proxy/recording': ['proxy/routing', 'proxy/shadow', 'proxy/store/model.ts', 'proxy/files'],
  'proxy/replay': [
    'proxy/routing',
    'proxy/config',
    'proxy/shadow',
    'proxy/recording',
    'proxy/files',
    // Pure: where a route's path is on the service.
    'proxy/data-plane/rewrite-target.ts',
  ],
  'proxy/simulate': ['proxy/routing', 'proxy/config', 'proxy/recording', 'proxy/shadow/redaction.ts'],
  'proxy/init': ['proxy/routing', 'proxy/config', 'proxy/recording', 'proxy/shadow/signature.ts'],
  'proxy/store': ['proxy/files'],
  'proxy/evidence': [
    'proxy/routing',
    'proxy/store',
    'proxy/shadow/pair.ts',
    'proxy/shadow/redaction.ts',
    'proxy/shadow/use-names.ts',
    'proxy/openapi',
  ],
  'proxy/delivery': ['proxy/routing', 'proxy/evidence', 'proxy/flags', 'proxy/store', 'proxy/files'],
  'proxy/data-plane': [
    'proxy/routing',
    'proxy/flags/evaluate.ts',
    'proxy/flags/feature-set.ts',
    'proxy/flags/flag-names.ts',
    'proxy/shadow/capture.ts',
    'proxy/shadow/pair.ts',
    'proxy/shadow/sender.ts',
    'proxy/shadow/shadow-job.ts',
    'proxy/shadow/hash-budget.ts',
    'proxy/shadow/pair-outbox.ts',
    'proxy/shadow/recorded-exchange.ts',
    'proxy/shadow/same-pair.ts',
    'proxy/shadow/redact-text.ts',
    'proxy/flags/share.ts',
    'proxy/flags/force-token.ts',
  ],
  // Readers of one setting each, for settings.ts.
  'proxy/settings': ['proxy/admin/login', 'proxy/routing'],
  'proxy/admin': [
    'proxy/routing',
    'proxy/config',
    'proxy/flags',
    'proxy/shadow',
    'proxy/evidence',
    'proxy/delivery',
    'proxy/store',
    'proxy/recording',
  ],
  // The programs that it becomes or runs (`up`, `check`, `replay`, `init`) are named by URL and never imported.
  cli: [
    'proxy/admin/api-types.ts',
    'proxy/main.ts',
    'proxy/config/check.ts',
    'proxy/openapi/check.ts',
    'proxy/check-rules.ts',
    'proxy/replay/main.ts',
    'proxy/replay/protocol.ts',
    'proxy/simulate/protocol.ts',
    'proxy/simulate/main.ts',
    'proxy/init/main.ts',
    'package.json',
  ],
  // Pure, and the comparer's own: a difference's place is the line in which the page marks it.
  dashboard: ['proxy/admin/api-types.ts', 'proxy/admin/login/roles.ts', 'proxy/shadow/compare/align.ts'],
  'extracted-services/service-kit': [],
  'extracted-services/catalog': ['extracted-services/service-kit'],
  'extracted-services/payments': ['extracted-services/service-kit'],
  'examples/monolith': [],
  'examples/psp': [],
  contracts: [],
};

const packages: Readonly<Record<string, string>> = {
  '@ficus/service-kit': 'extracted-services/service-kit',
  '@ficus/catalog': 'extracted-services/catalog',
  '@ficus/payments': 'extracted-services/payments',
  '@ficus/monolith': 'examples/monolith',
};

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(part: string): Import[] {
  const files = globSync(`${part}/**/*.{ts,tsx}`, {
    cwd: root,
    exclude: (name) => name.includes('node_modules'),
  });
  return files.flatMap((from) =>
    specifiersIn(readFileSync(path.join(root, from), 'utf8')).flatMap((to) => resolveOurs(from, to)),
  );
}

function specifiersIn(source: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|import\s*\(\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|new URL\(\s*'(\.[^']+)'/g;
  return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
}

function resolveOurs(from: string, specifier: string): Import[] {
  if (specifier.startsWith('.')) return [{ from, to: path.join(path.dirname(from), specifier) }];
  const name = specifier.split('/').slice(0, 2).join('/');
  const folder = packages[name];
  return folder ? [{ from, to: folder + specifier.slice(name.length) }] : [];
}

const isWithin = (file: string, part: string): boolean => file === part || file.startsWith(`${part}/`);

describe('allowed imports', () => {
  for (const [part, parts] of Object.entries(allowed)) {
    test(`${part} imports nothing but ${parts.length > 0 ? parts.join(', ') : 'itself'}`, () => {
      const imports = importsOf(part);
      const may = [part, 'proxy/telemetry', ...parts].filter(
        (to) => part.startsWith('proxy') || to !== 'proxy/telemetry',
      );
      const outside = imports.filter(({ to }) => !may.some((one) => isWithin(to, one)));
      assert.deepEqual(
        outside.map(({ from, to }) => `${from} → ${to}`),
        [],
      );
    });
  }

  test('every part of the proxy is listed above', () => {
    const parts = globSync('proxy/*/', { cwd: root }).map((folder) => folder.replace(/\/$/, ''));
    assert.deepEqual(
      // `app` is what app.ts is made of, and sees everything as that does.
      parts.filter((part) => !(part in allowed) && part !== 'proxy/app'),
      [],
    );
  });

  test('only settings.ts reads the environment of the proxy', () => {
    const readers = globSync('proxy/**/*.ts', { cwd: root }).filter((file) =>
      /process\.env\b/.test(readFileSync(path.join(root, file), 'utf8')),
    );
    assert.deepEqual(readers, ['proxy/settings.ts']);
  });

  test('the pattern finds imports of every form', () => {
    const source = `import a from './a.ts';\nimport type { B } from './b.ts';\nimport './c.ts';\nexport * from './d.ts';\nawait import('./e.ts');\nnew URL('./f.ts', import.meta.url)`;
    assert.deepEqual(specifiersIn(source), ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts']);
  });
});
