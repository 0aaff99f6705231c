import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'docs/faults.md'), 'utf8');
const rows = [...text.matchAll(/^\| (\d+) \|.*\| (.*) \|$/gm)].map(([, number, held]) => ({
  number: Number(number),
  files: [...held!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!),
}));

test('every fault has its number once, in order', () => {
  assert.deepEqual(
    rows.map(({ number }) => number),
    [...new Set(rows.map(({ number }) => number))].sort((a, b) => a - b),
  );
});

test('every fault is held by a test that exists', () => {
  for (const { number, files } of rows) {
    assert.ok(
      files.some((file) => file.endsWith('.test.ts')),
      `fault ${number} has no test`,
    );
    for (const file of files) assert.ok(existsSync(path.join(root, file)), `fault ${number}: no ${file}`);
  }
});
