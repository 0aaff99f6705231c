import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readHar } from './read-har.ts';
import { readLines } from './read-lines.ts';
import { RecordingError } from './recording-error.ts';
import { exchangeSchema, headerSchema, type RecordedExchange, type RecordingHeader } from './schema.ts';

/** What reading a file found besides its exchanges. */
export interface ReadingNotes {
  headers: RecordingHeader[];
  /** Lines, or entries of a HAR, that are no exchange; the first few with their reasons. */
  malformed: number;
  problems: string[];
  /** Files that break off in the middle of a line. */
  cutOff: string[];
}

export function noNotes(): ReadingNotes {
  return { headers: [], malformed: 0, problems: [], cutOff: [] };
}

/** Longest exchange, body and all. */
const maxLineChars = 64 * 1024 * 1024;
const maxProblems = 5;

/** The files of a folder in the order of their names, or the file itself. */
export async function filesOf(name: string): Promise<string[]> {
  const found = await stat(name).catch(() => undefined);
  if (found === undefined) throw new RecordingError(`${name} does not exist`);
  if (!found.isDirectory()) return [name];
  const names = (await readdir(name)).filter((file) => /\.(ndjson(\.gz|\.zst)?|har)$/.test(file)).sort();
  if (names.length === 0)
    throw new RecordingError(`${name} has no recording in it (*.ndjson, .gz, .zst, *.har)`);
  return names.map((file) => path.join(name, file));
}

/** The exchanges of recordings and HAR files, one after the other; in flat memory, but for a HAR. */
export async function* readRecordings(
  files: readonly string[],
  notes: ReadingNotes,
): AsyncGenerator<RecordedExchange> {
  for (const file of files) yield* readRecording(file, notes);
}

async function* readRecording(file: string, notes: ReadingNotes): AsyncGenerator<RecordedExchange> {
  let number = 0;
  let isUnterminated = false;
  const malformed = (why: string): void => addMalformed(notes, `${file}:${number} ${why}`);
  const options = {
    maxLineChars,
    onOverlong: () => addMalformed(notes, `${file} has a line of over ${maxLineChars} characters`),
    onUnterminated: () => {
      isUnterminated = true;
    },
  };
  for await (const lines of readLines(file, options)) {
    for (const line of lines) {
      number++;
      const value = parse(line);
      if (number === 1) {
        const header = headerSchema.safeParse(value);
        if (header.success) {
          notes.headers.push(header.data);
          continue;
        }
        refuseOtherVersion(file, value);
        yield* readHar(file, (index, why) => addMalformed(notes, `${file} log.entries[${index}] ${why}`));
        return;
      }
      if (line === '') continue;
      if (value === undefined && isUnterminated) {
        notes.cutOff.push(file);
        continue;
      }
      const exchange = exchangeSchema.safeParse(value);
      if (exchange.success) yield exchange.data;
      else malformed(value === undefined ? 'is no JSON' : describe(exchange.error.issues[0]));
    }
  }
  if (number === 0) throw new RecordingError(`${file} is empty`);
}

function refuseOtherVersion(file: string, value: unknown): void {
  const version = typeof value === 'object' && value !== null && 'ficus' in value ? value.ficus : undefined;
  if (version === undefined) return;
  if (version === 'recording/1') throw new RecordingError(`${file}:1 is a damaged header of a recording/1`);
  throw new RecordingError(`${file}:1 is a ${JSON.stringify(version)}; this Ficus reads "recording/1"`);
}

function addMalformed(notes: ReadingNotes, problem: string): void {
  notes.malformed++;
  if (notes.problems.length < maxProblems) notes.problems.push(problem);
}

function describe(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): string {
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the exchange' : place}: ${issue?.message ?? 'is wrong'}`;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
