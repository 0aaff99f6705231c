/** Thrown where bytes are no JSON, or none that is worth reading piece by piece. */
export class Unreadable extends Error {
  constructor() {
    super('to be read as a whole');
  }
}

const quote = 0x22;
const backslash = 0x5c;

/** Index after the string whose characters begin behind `from`, where its opening quote is, or one of them. */
export function stringEnd(bytes: Buffer, from: number): number {
  const { length } = bytes;
  for (let at = from + 1; at < length; at++) {
    const byte = bytes[at]!;
    if (byte === quote) return at + 1;
    if (byte < 0x20) throw new Unreadable();
    if (byte === backslash) at = escapeEnd(bytes, at);
  }
  throw new Unreadable();
}

const escapes = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));

/** Index of the last byte of the escape that begins at `at`, with a backslash. */
function escapeEnd(bytes: Buffer, at: number): number {
  const letter = bytes[at + 1] ?? 0;
  if (escapes.has(letter)) return at + 1;
  if (letter !== 0x75 || at + 5 >= bytes.length) throw new Unreadable();
  for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(bytes[digit]!)) throw new Unreadable();
  return at + 5;
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** Index after the number that begins at `from` (RFC 8259, section 6). */
export function numberEnd(bytes: Buffer, from: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from;
  if (bytes[at] === 0x30) at++;
  else at = digitsEnd(bytes, at);
  if (bytes[at] === 0x2e) at = digitsEnd(bytes, at + 1);
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at++;
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
    at = digitsEnd(bytes, at);
  }
  return at;
}

function digitsEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  if (at === from) throw new Unreadable();
  return at;
}

const words = [Buffer.from('true'), Buffer.from('false'), Buffer.from('null')];

/** Index after `true`, `false` or `null`. */
export function wordEnd(bytes: Buffer, from: number): number {
  for (const word of words) {
    const to = from + word.length;
    if (bytes[from] !== word[0]) continue;
    if (to > bytes.length || bytes.compare(word, 0, word.length, from, to) !== 0) break;
    return to;
  }
  throw new Unreadable();
}

/** Index after the value that begins at `from`; whether it is JSON is for whoever parses it to say. */
export function skipValue(bytes: Buffer, from: number): number {
  const first = bytes[from];
  if (first === quote) return stringEnd(bytes, from);
  let at = from;
  if (first !== 0x7b && first !== 0x5b) {
    while (at < bytes.length && !isDelimiter(bytes[at]!)) at++;
    if (at === from) throw new Unreadable();
    return at;
  }
  let depth = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === quote) {
      at = stringEnd(bytes, at);
      continue;
    }
    at++;
    if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at;
  }
  throw new Unreadable();
}

function isDelimiter(byte: number): boolean {
  return byte <= 0x20 || byte === 0x2c || byte === 0x5d || byte === 0x7d || byte === 0x3a;
}

/** Bytes from which on it is worth to have them compared at once. */
const chunk = 1024;
const maxChunk = 65_536;

/** The first index from `from` on at which `one` and `other` (from `otherFrom`) differ, or where either ends. */
export function firstDifference(one: Buffer, from: number, other: Buffer, otherFrom: number): number {
  const shift = otherFrom - from;
  const end = Math.min(one.length, other.length - shift);
  const isSame = (start: number, to: number) =>
    one.compare(other, start + shift, to + shift, start, to) === 0;
  let at = from;
  let size = chunk;
  while (at + size < end && isSame(at, at + size)) {
    at += size;
    if (size < maxChunk) size *= 2;
  }
  if (at + size >= end && isSame(at, end)) return end;
  let to = Math.min(at + size, end);
  while (to - at > chunk) {
    const middle = (at + to) >> 1;
    if (isSame(at, middle)) at = middle;
    else to = middle;
  }
  while (at < to && one[at] === other[at + shift]) at++;
  return at;
}
