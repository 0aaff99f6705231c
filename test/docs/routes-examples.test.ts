import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseRoutes } from '../../proxy/config/parse-routes.ts';
import { formatProblem } from '../../proxy/config/problem.ts';

const root = path.resolve(import.meta.dirname, '../..');

for (const page of ['README.md', 'docs/routes.md']) {
  const text = readFileSync(path.join(root, page), 'utf8');
  const examples = [...text.matchAll(/```yaml\n(upstreams:[\s\S]*?)```/g)].map((match) => match[1]!);

  test(`the routes files in ${page} are good, and no longer than they say`, () => {
    assert.equal(examples.length, 1);
    for (const example of examples) {
      const parsed = parseRoutes(example, { file: page, baseDir: root });
      assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems.map(formatProblem).join('\n'));
      assert.ok(example.trim().split('\n').length <= 10);
    }
  });
}
