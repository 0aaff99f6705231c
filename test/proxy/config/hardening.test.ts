import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadRoutes } from '../../../proxy/config/load-routes.ts';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';
import { formatProblem } from '../../../proxy/config/problem.ts';

const good = 'upstreams: { monolith: { url: http://127.0.0.1:9000 } }\ndefault: monolith\n';
const directory = mkdtempSync(join(tmpdir(), 'ficus-config-'));
after(() => rmSync(directory, { recursive: true }));

function problemsOf(text: string): string[] {
  const parsed = parseRoutes(text, { file: 'routes.yaml', baseDir: '/' });
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

test('a file of exactly 1 MiB is read, one byte more is refused', () => {
  const fill = (bytes: number) => `${good}#${'x'.repeat(bytes - good.length - 1)}`;
  assert.deepEqual(problemsOf(fill(1_048_576)), []);
  assert.deepEqual(problemsOf(fill(1_048_577)), [
    'routes.yaml:1:1 is over 1048576 bytes; is this the right file?',
  ]);
});

test('a file of over 1 MiB in bytes but not in characters is refused', () => {
  assert.match(problemsOf(`${good}#${'é'.repeat(600_000)}`)[0]!, /is over 1048576 bytes/);
});

test('a file of 10 GB is refused without being read', async () => {
  const file = join(directory, 'huge.yaml');
  writeFileSync(file, good);
  execFileSync('truncate', ['-s', '10G', file]);
  const { parsed } = await loadRoutes(file);
  assert.ok(!parsed.ok);
  assert.match(parsed.problems[0]!.message, /is over 1048576 bytes/);
});

test('a named pipe without a writer is refused at once', async () => {
  const file = join(directory, 'pipe');
  execFileSync('mkfifo', [file]);
  const { parsed } = await loadRoutes(file);
  assert.ok(!parsed.ok);
  assert.equal(parsed.problems[0]!.message, 'is no plain file');
});

test('a directory is refused', async () => {
  const { parsed } = await loadRoutes(directory);
  assert.ok(!parsed.ok);
  assert.equal(parsed.problems[0]!.message, 'is a directory');
});

test('32 levels are read, the 33rd is refused at its place', () => {
  const nested = (levels: number) => `${good}x: ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}`;
  assert.match(problemsOf(nested(32))[0]!, /^routes.yaml:3:1 x is not a setting/);
  assert.deepEqual(problemsOf(nested(33)), ['routes.yaml:3:35 is nested deeper than 32 levels here']);
});

const hostile = {
  'brackets that open': '['.repeat(1_000_000),
  'brackets that close': ']'.repeat(1_000_000),
  'braces that open': '{a: '.repeat(250_000),
  'sequences in sequences': '- '.repeat(500_000),
  'keys of keys': '? '.repeat(500_000),
  anchors: '&a '.repeat(300_000),
  tags: '!a '.repeat(300_000),
  colons: ': '.repeat(500_000),
};
for (const [name, text] of Object.entries(hostile)) {
  test(`a megabyte of ${name} is refused in linear time`, () => {
    const start = performance.now();
    const problems = problemsOf(text);
    assert.ok(problems.length > 0);
    // Well under a second each; what is not linear takes minutes.
    assert.ok(performance.now() - start < 10_000, `took ${performance.now() - start} ms`);
  });
}

test('40,000 distinct keys are checked for repeated ones in linear time', () => {
  const start = performance.now();
  const text = Array.from({ length: 40_000 }, (_, i) => `k${i}: 1`).join('\n');
  assert.ok(problemsOf(text).length > 40_000);
  assert.ok(performance.now() - start < 10_000, `took ${performance.now() - start} ms`);
});

test('names of the prototype end up nowhere', () => {
  problemsOf(`${good}__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n`);
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});
