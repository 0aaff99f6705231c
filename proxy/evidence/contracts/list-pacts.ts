import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type PactFile, readPactFile } from './pact-file.ts';

export interface PactListing {
  /** Those of the provider, by file name. */
  readonly pacts: readonly PactFile[];
  /** Files that could not be read, one sentence each; the others are listed all the same. */
  readonly problems: readonly string[];
}

/** The pact files (`*.json`) of a folder that are about a provider's HTTP API. A folder that is not there has none. */
export async function listPacts(dir: string, provider: string): Promise<PactListing> {
  const pacts: PactFile[] = [];
  const problems: string[] = [];
  for (const name of await namesIn(dir)) {
    const read = await readPactFile(path.join(dir, name));
    if ('problem' in read) problems.push(read.problem);
    else if ('pact' in read && read.pact.provider === provider) pacts.push(read.pact);
  }
  return { pacts, problems };
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
