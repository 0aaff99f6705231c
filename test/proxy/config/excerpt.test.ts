import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showProblems } from '../../../proxy/config/excerpt.ts';

const problem = { file: 'routes.yaml', line: 2, column: 14, path: '', message: 'is no upstream' };

test('a problem is shown with the lines around it, control characters spelled out', () => {
  assert.deepEqual(showProblems([problem], 'migrations:\n  service: \u001b[31mx\n\nversion: 1\nmore: 2\n'), [
    {
      text: 'routes.yaml:2:14 is no upstream',
      line: 2,
      column: 14,
      lines: [
        { line: 1, text: 'migrations:' },
        { line: 2, text: '  service: \\u001b[31mx' },
        { line: 3, text: '' },
        { line: 4, text: 'version: 1' },
      ],
    },
  ]);
});

test('of a file that could not be read there are no lines, and of many problems fifty', () => {
  const shown = showProblems(new Array(60).fill(problem), undefined);
  assert.equal(shown.length, 50);
  assert.deepEqual(shown[0]?.lines, []);
});
