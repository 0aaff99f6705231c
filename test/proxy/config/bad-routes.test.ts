import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadRoutes } from '../../../proxy/config/load-routes.ts';
import { formatProblem } from '../../../proxy/config/problem.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/config/', import.meta.url));
const names = readdirSync(`${fixtures}bad`).filter((name) => name.endsWith('.yaml'));

async function problemsOf(name: string): Promise<string[]> {
  const { parsed } = await loadRoutes(`${fixtures}bad/${name}`);
  if (parsed.ok) return [];
  return parsed.problems.map((problem) =>
    formatProblem(problem).replaceAll(`${fixtures}bad/`, '').replaceAll(fixtures, '../'),
  );
}

describe('a bad routes.yaml is refused with every problem and its place', () => {
  for (const name of names) {
    test(name, async () => {
      const expected = readFileSync(`${fixtures}bad/${name.replace(/\.yaml$/, '.txt')}`, 'utf8');
      assert.deepEqual(await problemsOf(name), expected.trimEnd().split('\n'));
    });
  }
});

test('five mistakes get five messages', async () => {
  assert.equal((await problemsOf('five-mistakes.yaml')).length, 5);
});
