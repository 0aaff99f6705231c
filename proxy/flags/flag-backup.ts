import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { type FeatureSet, readFeatureSet } from './feature-set.ts';

export interface FlagBackup {
  readonly path: string;
  /** `atMs`: when it was written, in ms since 1970. */
  read(): Promise<{ readonly set: FeatureSet; readonly atMs: number } | undefined>;
  write(set: FeatureSet): Promise<void>;
}

/** The last good flags of one server and environment, for a start while that server is away. */
export function createFlagBackup(dataDir: string, origin: string, log: Logger): FlagBackup {
  const path = join(dataDir, 'unleash-backup.json');
  return {
    path,
    async read() {
      let text: string;
      let atMs: number;
      try {
        text = await readFile(path, 'utf8');
        atMs = (await stat(path)).mtimeMs;
      } catch (error) {
        const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        if (!missing) log.error({ err: error, path }, 'the backup of flags cannot be read');
        return undefined;
      }
      const backup = parse(text);
      if (backup && backup.origin !== origin) {
        log.warn({ path, origin: backup.origin }, 'the backup is of other flags and is not used');
        return undefined;
      }
      if (!backup) log.error({ path }, 'the backup of flags is broken and is not used');
      return backup && { set: backup.set, atMs };
    },
    async write(set) {
      try {
        await writeFileAtomically(path, `${JSON.stringify({ origin, set })}\n`);
      } catch (error) {
        log.error({ err: error, path }, 'the backup of flags was not written');
      }
    },
  };
}

function parse(text: string): { readonly origin: unknown; readonly set: FeatureSet } | undefined {
  try {
    const { origin, set } = JSON.parse(text) as { origin: unknown; set: unknown };
    const read = readFeatureSet(set);
    return read.ok ? { origin, set: read.set } : undefined;
  } catch {
    return undefined;
  }
}
