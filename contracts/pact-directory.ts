import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { writePact } from './write-pact.ts';

/** A directory for the pact that this test file makes; after its tests the pact, called `name`, is kept with the others. */
export function pactDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'pact-'));
  after(async () => {
    await writePact(directory, name);
    await rm(directory, { recursive: true });
  });
  return directory;
}
