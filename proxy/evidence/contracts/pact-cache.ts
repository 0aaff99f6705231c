import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type PactFile, parsePact } from './pact-file.ts';

const cached = z.object({
  /** ISO time. */
  at: z.string(),
  pacts: z.array(
    z.object({
      file: z.string(),
      content: z.string(),
      pending: z.boolean(),
      publishUrl: z.string().optional(),
    }),
  ),
});

export interface FetchedPacts {
  /** ISO time at which they were fetched. */
  readonly at: string;
  readonly pacts: readonly PactFile[];
}

export interface PactCache {
  /** What was fetched last, before a restart, too; undefined where nothing was. Never rejects. */
  read(): Promise<FetchedPacts | undefined>;
  /** Rejects when the disk won't take it. */
  write(fetched: FetchedPacts): Promise<void>;
}

const maxCacheBytes = 128 * 1024 * 1024;

/** Keeps the pacts of one place (a URL, a broker's question) in a folder of the data directory. */
export function openPactCache(dir: string, place: string): PactCache {
  const name = createHash('sha256').update(place).digest('hex').slice(0, 24);
  const file = path.join(dir, `${name}.json`);
  return {
    async read() {
      try {
        if ((await stat(file)).size > maxCacheBytes) return undefined;
        const { at, pacts } = cached.parse(JSON.parse(await readFile(file, 'utf8')));
        const read = pacts.map(({ file: from, content, ...origin }) => {
          const { publishUrl, pending } = origin;
          return parsePact(from, content, { pending, ...(publishUrl !== undefined && { publishUrl }) });
        });
        return { at, pacts: read.flatMap((one) => ('pact' in one ? [one.pact] : [])) };
      } catch {
        // None, or one that something else wrote: both are as if nothing had been fetched.
        return undefined;
      }
    },

    async write({ at, pacts }) {
      const kept = pacts.map(({ file: from, content, pending, publishUrl }) => ({
        file: from,
        content,
        pending,
        publishUrl,
      }));
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const temporary = `${file}.${process.pid}.tmp`;
      try {
        await writeFile(temporary, JSON.stringify({ at, pacts: kept }), { mode: 0o600 });
        await rename(temporary, file);
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}
