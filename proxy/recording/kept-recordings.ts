import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { readLines } from './read-lines.ts';
import type { RecordingStatus } from './recording-status.ts';

const statusFile = 'status.json';
const partFile = /^part-\d{4,}\.ndjson(?:\.gz|\.zst)?$/;
const count = z.int().min(0);

const statusSchema = z.object({
  id: z.string().regex(/^[\w-]{1,64}$/),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  reason: z.string().optional(),
  migrations: z.array(z.string()),
  share: z.number(),
  exchanges: count,
  bytes: count,
  dropped: z.record(z.string(), count),
  parts: z.array(z.object({ name: z.string().regex(partFile), bytes: count, exchanges: count })),
});

/** Writes what is known of a recording beside its parts, as a whole or not at all. */
export async function keepStatus(folder: string, status: RecordingStatus): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomically(path.join(folder, statusFile), JSON.stringify(status));
}

/**
 * What earlier processes recorded in `directory`, the oldest first. One that was still running has failed; a part
 * that was not complete then is readable up to its last flush, and counted.
 */
export async function readKept(directory: string): Promise<RecordingStatus[]> {
  const names = await readdir(directory).catch(() => []);
  const kept: RecordingStatus[] = [];
  for (const name of names) {
    const status = await readStatus(path.join(directory, name));
    if (status?.id !== name) continue;
    kept.push(status.state === 'running' ? await interrupted(path.join(directory, name), status) : status);
  }
  // Ids have no more than the second.
  return kept.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

async function readStatus(folder: string): Promise<RecordingStatus | undefined> {
  try {
    const read = statusSchema.parse(JSON.parse(await readFile(path.join(folder, statusFile), 'utf8')));
    const { endedAt, reason, ...rest } = read;
    return { ...rest, ...(endedAt !== undefined && { endedAt }), ...(reason !== undefined && { reason }) };
  } catch {
    // Of no use to anybody, but to who looks into the folder; it goes by age as the others do.
    return undefined;
  }
}

async function interrupted(folder: string, status: RecordingStatus): Promise<RecordingStatus> {
  // Where its parts can't be read, what it said of them last: one bad folder must not hide the others.
  const found = await partsIn(folder, status).catch(() => ({ endedAt: status.startedAt }));
  const reason = 'Ficus ended while it ran';
  const ended: RecordingStatus = { ...status, ...found, state: 'failed', reason };
  // Not kept, it is known all the same, and found so again at the next start.
  await keepStatus(folder, ended).catch(() => {});
  return ended;
}

async function partsIn(
  folder: string,
  status: RecordingStatus,
): Promise<Pick<RecordingStatus, 'parts' | 'bytes' | 'exchanges'> & { readonly endedAt: string }> {
  const names = (await readdir(folder)).filter((name) => partFile.test(name)).sort();
  const parts: RecordingStatus['parts'][number][] = [];
  let endedAt = status.startedAt;
  for (const name of names) {
    const file = path.join(folder, name);
    const { size: bytes, mtime } = await stat(file);
    endedAt = mtime.toISOString();
    const known = status.parts.find((part) => part.name === name);
    parts.push(known ?? { name, bytes, exchanges: await countExchanges(file) });
  }
  const sumOf = (key: 'bytes' | 'exchanges') => parts.reduce((sum, part) => sum + part[key], 0);
  return { parts, bytes: sumOf('bytes'), exchanges: sumOf('exchanges'), endedAt };
}

const maxLineChars = 64 * 1024 * 1024;

/** Lines but for the header, as far as the file can be read. */
async function countExchanges(file: string): Promise<number> {
  let lines = 0;
  let isCut = false;
  const onUnterminated = () => {
    isCut = true;
  };
  try {
    for await (const batch of readLines(file, { maxLineChars, onUnterminated })) lines += batch.length;
  } catch {
    // What was read until then counts.
  }
  return Math.max(0, lines - 1 - (isCut ? 1 : 0));
}
