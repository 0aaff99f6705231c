import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Puts text where only this user may read it, for the program that this process becomes, which removes it. */
export async function keepForProgram(name: string, text: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'ficus-'));
  const file = path.join(directory, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}
