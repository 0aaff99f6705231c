import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type RecordedVerdict, type RecordingHeader, verdictSchema } from '../recording/schema.ts';
import { ReplayError } from './replay-error.ts';

/** By signature. */
export type ReplayVerdicts = ReadonlyMap<string, RecordedVerdict>;

const document = z.object({ verdicts: z.array(verdictSchema) });

/**
 * What people decided, or was measured: from the recordings' headers, of which a later one goes before an earlier,
 * and from files as `ficus verdicts ID --json` prints them, which go before those. Without what is over.
 */
export async function readVerdicts(
  files: readonly string[],
  headers: readonly RecordingHeader[],
  nowMs: number,
): Promise<ReplayVerdicts> {
  const byAge = [...headers].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  const lists = [
    ...byAge.map(({ verdicts = [] }) => verdicts),
    ...(await Promise.all(files.map(readVerdictFile))),
  ];
  const verdicts = new Map<string, RecordedVerdict>();
  for (const list of lists) for (const verdict of list) verdicts.set(verdict.signature, verdict);
  for (const { signature, until } of verdicts.values())
    if (until !== undefined && Date.parse(until) <= nowMs) verdicts.delete(signature);
  return verdicts;
}

/** Signatures whose differences count as agreement. */
export function excusedBy(verdicts: ReplayVerdicts): string[] {
  return [...verdicts.values()].filter(({ state }) => state !== 'bug').map(({ signature }) => signature);
}

async function readVerdictFile(file: string): Promise<readonly RecordedVerdict[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ReplayError(`${file} can't be read: ${error.code}`);
  });
  const read = document.safeParse(jsonOf(text));
  if (!read.success) throw new ReplayError(`${file} is no output of \`ficus verdicts ID --json\``);
  return read.data.verdicts;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
