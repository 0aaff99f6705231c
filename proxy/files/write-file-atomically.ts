import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whoever reads `file` sees all of it as it was or all of it as it is, also after a power cut. */
export async function writeFileAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  // Flags may name users, so a new file is its owner's alone; an existing one keeps what it was given.
  const mode = await stat(file).then(
    (stats) => stats.mode & 0o777,
    () => 0o600,
  );
  try {
    await withFile(temporary, 'w', async (handle) => {
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  // The rename itself is safe only once the directory is.
  await withFile(dirname(file), 'r', (handle) => handle.sync());
}

async function withFile(file: string, flags: 'r' | 'w', use: (handle: FileHandle) => Promise<void>) {
  const handle = await open(file, flags, 0o600);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}
