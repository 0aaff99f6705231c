import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { maxPactBytes, type PactFile, type PactReading, parsePact } from './pact-file.ts';

export interface PactListing {
  /** Those of the provider. */
  readonly pacts: readonly PactFile[];
  /** What could not be read, one sentence each; the others are listed all the same. */
  readonly problems: readonly string[];
  /** Why nobody knows which pacts there are, which is not the same as that there are none. */
  readonly unknown?: string;
}

/** The pact files (`*.json`) of a folder that are about a provider, by name. A folder that is not there has none. */
export async function listPacts(dir: string, provider: string): Promise<PactListing> {
  const pacts: PactFile[] = [];
  const problems: string[] = [];
  for (const name of await namesIn(dir)) {
    const read = await readPactFile(path.join(dir, name));
    if ('problem' in read) problems.push(read.problem);
    else if (read.pact.provider === provider) pacts.push(read.pact);
  }
  return { pacts, problems };
}

async function readPactFile(file: string): Promise<PactReading> {
  try {
    const { size } = await stat(file);
    if (size > maxPactBytes)
      return { problem: `${file} is too large for a pact file: over ${maxPactBytes} bytes` };
    return parsePact(file, await readFile(file, 'utf8'));
  } catch (error) {
    return { problem: `${file} can't be read: ${(error as Error).message}` };
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
