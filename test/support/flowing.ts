import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A megabyte that looks the same nowhere. */
const piece = createPiece();

function createPiece(): Buffer {
  const bytes = Buffer.alloc(1_000_000);
  let state = 1;
  for (let i = 0; i < bytes.length; i++) {
    // Park and Miller's generator: the same bytes in every run.
    state = (state * 48_271) % 2_147_483_647;
    bytes[i] = state & 0xff;
  }
  return bytes;
}

/** Writes so many megabytes as fast as they are taken; returns their SHA-256. */
export async function pour(to: Writable, megabytes: number): Promise<string> {
  const hash = createHash('sha256');
  for (let i = 0; i < megabytes; i++) {
    hash.update(piece);
    if (!to.write(piece)) await once(to, 'drain');
  }
  return hash.digest('hex');
}

/** Reads to the end; returns length and SHA-256. */
export async function drink(from: Readable): Promise<{ length: number; hash: string }> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of from) {
    hash.update(chunk);
    length += chunk.length;
  }
  return { length, hash: hash.digest('hex') };
}
