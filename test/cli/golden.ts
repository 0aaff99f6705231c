import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Holds a text against `golden/<name>.txt`; with UPDATE_GOLDEN=1 the file is written anew, to be read in a diff. */
export function assertGolden(name: string, text: string): void {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
}
