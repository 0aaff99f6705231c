import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const KEY_BYTES = 32;

/** The installation's redaction key: made once, kept in the data directory for its owner only. */
export async function readRedactionKey(dataDir: string): Promise<Uint8Array> {
  const file = path.join(dataDir, 'redaction.key');
  try {
    // `wx`: never over one that is there, or secrets of yesterday would look like others today.
    await writeFile(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = await readFile(file);
  if (key.length !== KEY_BYTES) {
    throw new Error(
      `${file} is not a redaction key of ${KEY_BYTES} bytes: remove it, and old and new pairs show secrets differently`,
    );
  }
  return key;
}
