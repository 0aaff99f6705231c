import { numberEnd, stringEnd, Unreadable, wordEnd } from './json-bytes.ts';

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Bytes that stand for themselves in a string. */
const plain = new Uint8Array(256).fill(1, 0x20);
plain[quote] = 0;
plain[0x5c] = 0;

/** By byte: 1 for white space. */
const space = new Uint8Array(256);
for (const byte of [0x20, 0x0a, 0x0d, 0x09]) space[byte] = 1;

export interface Skipped {
  /** Index after the value; -1 where it goes on to `limit` or past it. */
  end: number;
  /** Values in it, itself included. */
  nodes: number;
}

/** The closing bytes that are open; one array for all, since nothing here waits. */
const closing = new Uint8Array(4096);

/**
 * Skips the object or array that begins at `from`, checking that it is JSON (RFC 8259) of no more than
 * `maxDepth` levels. One loop without calls for what is common: most of all bytes that are compared pass here.
 */
export function skipJson(
  bytes: Buffer,
  from: number,
  limit: number,
  maxDepth: number,
  skipped: Skipped,
): void {
  let at = from;
  let depth = 0;
  let nodes = 0;
  skipped.end = -1;
  const deepest = Math.min(maxDepth, closing.length);
  for (;;) {
    // A value is expected.
    if (at >= limit) return;
    let byte = bytes[at]!;
    while (space[byte] === 1) byte = bytes[++at]!;
    nodes++;
    if (byte === quote) {
      do byte = bytes[++at]!;
      while (plain[byte] === 1);
      at = byte === quote ? at + 1 : stringEnd(bytes, at - 1);
    } else if (byte === openBrace || byte === openBracket) {
      if (depth >= deepest) throw new Unreadable();
      const close = byte === openBrace ? closeBrace : closeBracket;
      do byte = bytes[++at]!;
      while (space[byte] === 1);
      if (byte !== close) {
        closing[depth++] = close;
        if (close === closeBrace) at = keyEnd(bytes, at);
        continue;
      }
      at++;
    } else if (byte === minus || (byte >= 0x30 && byte <= 0x39)) at = numberEnd(bytes, at);
    else at = wordEnd(bytes, at);
    // What follows a value: another one, or the end of what holds it.
    for (;;) {
      if (at > limit) return;
      if (depth === 0) {
        skipped.end = at;
        skipped.nodes = nodes;
        return;
      }
      byte = bytes[at]!;
      while (space[byte] === 1) byte = bytes[++at]!;
      at++;
      const close = closing[depth - 1]!;
      if (byte === comma) {
        if (close === closeBrace) at = keyEnd(bytes, at);
        break;
      }
      if (byte !== close) throw new Unreadable();
      depth--;
    }
  }
}

/** Index after the colon that follows a key. */
function keyEnd(bytes: Buffer, from: number): number {
  let at = from;
  let byte = bytes[at]!;
  while (space[byte] === 1) byte = bytes[++at]!;
  if (byte !== quote) throw new Unreadable();
  do byte = bytes[++at]!;
  while (plain[byte] === 1);
  at = byte === quote ? at + 1 : stringEnd(bytes, at - 1);
  byte = bytes[at]!;
  while (space[byte] === 1) byte = bytes[++at]!;
  if (byte !== colon) throw new Unreadable();
  return at + 1;
}
