import { readFileSync } from 'node:fs';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Secrets } from './compile-upstream.ts';
import { type ParsedRoutes, parseRoutes } from './parse-routes.ts';
import type { Reading } from './problem.ts';
import { maxFileBytes } from './read-yaml.ts';

export interface LoadedRoutes {
  readonly parsed: ParsedRoutes;
  /** Absolute paths of the certificates and keys that it names, readable or not. */
  readonly otherFiles: readonly string[];
  /** Undefined when it can't be read. */
  readonly text?: string;
}

/** Reads and parses routes.yaml. What keeps it from being read is a problem like any other. */
export async function loadRoutes(file: string, secrets?: Secrets): Promise<LoadedRoutes> {
  const text = await readText(file);
  if ('problem' in text) {
    const problem = { file, line: 1, column: 1, path: '', message: text.problem };
    return { parsed: { ok: false, problems: [problem] }, otherFiles: [] };
  }
  const otherFiles = new Set<string>();
  const readFile = (path: string) => {
    otherFiles.add(path);
    return readFileSync(path, 'utf8');
  };
  const parsed = parseRoutes(text.value, { file, baseDir: dirname(file), readFile, secrets });
  return { parsed, otherFiles: [...otherFiles], text: text.value };
}

async function readText(file: string): Promise<Reading<string>> {
  let handle: FileHandle | undefined;
  try {
    // Not blocking, so that a named pipe does not make us wait for its writer.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) return { problem: `is ${stats.isDirectory() ? 'a directory' : 'no plain file'}` };
    const bytes = Buffer.alloc(Math.min(stats.size, maxFileBytes) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      ({ bytesRead: read } = await handle.read(bytes, length));
    }
    if (length > maxFileBytes) return { problem: `is over ${maxFileBytes} bytes; is this the right file?` };
    // `ignoreBOM` means to keep it: the model's hash is over the file's bytes.
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { value: decoder.decode(bytes.subarray(0, length)) };
  } catch (error) {
    return { problem: whyUnreadable(error) };
  } finally {
    await handle?.close();
  }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES') return 'may not be read by this user';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text; is this the right file?';
  return `cannot be read: ${code}`;
}
