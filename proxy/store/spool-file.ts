import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file of lines that outlives a crash: every line is on the disk when `append` resolves. */
export interface SpoolFile {
  /** False, with nothing written, when the file would become larger than it may. */
  append(line: string): Promise<boolean>;
  /** The lines from byte `offset` on, and where they end. */
  read(offset: number): Promise<{ readonly lines: readonly string[]; readonly end: number }>;
  /** Removes the file if it still ends at `end`: nothing was appended since it was read. */
  removeAt(end: number): Promise<boolean>;
}

/** Only its owner reads and writes it. One call at a time, please. */
export function createSpoolFile(path: string, maxBytes: number): SpoolFile {
  return {
    async append(line) {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'a+', 0o600);
      try {
        const { size } = await file.stat();
        const bytes = Buffer.from(`${(await endsTorn(file, size)) ? '\n' : ''}${line}\n`);
        if (size + bytes.length > maxBytes) return false;
        await file.appendFile(bytes);
        await file.sync();
        if (size === 0) await syncDirectory(dirname(path));
        return true;
      } finally {
        await file.close();
      }
    },

    async read(offset) {
      const bytes = await readOrEmpty(path);
      const lines = bytes.subarray(offset).toString('utf8').split('\n');
      return { lines: lines.filter((line) => line !== ''), end: bytes.length };
    },

    async removeAt(end) {
      const { length } = await readOrEmpty(path);
      if (length !== end) return false;
      await rm(path, { force: true });
      return true;
    },
  };
}

/** A crash may have cut the last line short; the next one must not continue it. */
async function endsTorn(file: Awaited<ReturnType<typeof open>>, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}

async function readOrEmpty(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** The file's name is on the disk only when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
