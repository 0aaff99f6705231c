import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const KEY_BYTES = 32;

/**
 * 32 secret bytes of the installation: made once, kept as `<name>.key` in the data directory for its owner
 * only. `withoutIt` says what happens when it is removed, for whoever finds it damaged.
 */
export async function readKeyFile(dataDir: string, name: string, withoutIt: string): Promise<Uint8Array> {
  const file = path.join(dataDir, `${name}.key`);
  try {
    // `wx`: never over one that is there.
    await writeFile(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = await readFile(file);
  if (key.length !== KEY_BYTES) {
    throw new Error(`${file} is not a key of ${KEY_BYTES} bytes: remove it, and ${withoutIt}`);
  }
  return key;
}
