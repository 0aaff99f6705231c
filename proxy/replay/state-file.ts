import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { emptyTally, type TallyState } from './tally.ts';

/** What a stopped replay goes on from. */
export interface StateFile {
  /** What was counted so far, or nothing yet. */
  load(): Promise<TallyState>;
  save(state: TallyState): Promise<void>;
  remove(): Promise<void>;
}

/** `identity`: what the state belongs to; another one's is refused. */
export function openStateFile(file: string, identity: string, resume: boolean): StateFile {
  return {
    async load() {
      if (!resume) return emptyTally();
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw new Error(`${file} can't be read: ${error.code}`);
      });
      // `--resume` may be given from the first run on.
      if (text === undefined) return emptyTally();
      const kept = parse(text);
      if (kept?.ficus !== 'replay-state/1')
        throw new Error(`${file} is no state of a replay: remove it to begin anew`);
      if (kept.identity !== identity) {
        throw new Error(
          `${file} belongs to another recording, other upstreams or other rules: remove it to begin anew`,
        );
      }
      return { ...emptyTally(), ...kept.state };
    },
    async save(state) {
      await writeFileAtomically(file, JSON.stringify({ ficus: 'replay-state/1', identity, state }));
    },
    remove: () => rm(file, { force: true }),
  };
}

/** Names the files by name and size, and what they are replayed against. */
export async function identityOf(
  files: readonly string[],
  against: readonly (string | undefined)[],
): Promise<string> {
  const sizes = await Promise.all(files.map(async (file) => [path.basename(file), (await stat(file)).size]));
  return createHash('sha256')
    .update(JSON.stringify([sizes, against]))
    .digest('hex')
    .slice(0, 16);
}

function parse(text: string): { ficus?: string; identity?: string; state?: Partial<TallyState> } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
