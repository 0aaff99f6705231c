import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { FailedError } from './failures.ts';

/** Writes a stream to a file, which is there whole or not at all, for its owner only; `compress`: by its name. */
export async function saveStream(stream: Readable, file: string, { compress = false } = {}): Promise<void> {
  const partial = `${file}.partial`;
  try {
    const steps = compress ? compressorFor(file) : [];
    await pipeline([stream, ...steps, createWriteStream(partial, { mode: 0o600 })]);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw notSaved(file, error as NodeJS.ErrnoException);
  }
}

function compressorFor(file: string): NodeJS.ReadWriteStream[] {
  if (file.endsWith('.gz')) return [createGzip()];
  return file.endsWith('.zst') ? [createZstdCompress()] : [];
}

export function notSaved(file: string, error: NodeJS.ErrnoException): FailedError {
  const detail = `${file} could not be written: ${error.code ?? error.message}`;
  const document = {
    type: 'urn:ficus:problem:not_saved',
    title: 'Nothing was saved',
    code: 'not_saved',
    detail,
  };
  return new FailedError(detail, { document, cause: error });
}
