import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const pacts = join(import.meta.dirname, 'pacts');

/** Others may be reading the pact file: it is replaced as a whole, and only when it says something else. */
export async function writePact(directory: string, name: string): Promise<void> {
  const made = await readFile(join(directory, name), 'utf8');
  const pactFile = join(pacts, name);
  const there = await readFile(pactFile, 'utf8').catch(() => undefined);
  if (made === there) return;
  await mkdir(pacts, { recursive: true });
  await writeFile(`${pactFile}.new`, made);
  await rename(`${pactFile}.new`, pactFile);
}
