/**
 * Latency counts as bytes: of each bucket that has any, how far it is from the one before, then its count, both as
 * variable-length integers of 7 bits a byte, the lowest first. Some dozens of bytes where the counts themselves are
 * hundreds of numbers, most of them 0.
 */
export type LatencyBytes = Uint8Array;

export const noLatencies: LatencyBytes = new Uint8Array(0);

export function packLatencies(counts: readonly number[]): LatencyBytes {
  const bytes: number[] = [];
  let last = -1;
  for (const [bucket, count] of counts.entries()) {
    if (count === 0) continue;
    pushInteger(bytes, bucket - last);
    pushInteger(bytes, count);
    last = bucket;
  }
  return bytes.length === 0 ? noLatencies : Uint8Array.from(bytes);
}

/** Adds what is packed to `counts`, an array with a number for every bucket. Bytes that are no whole pair are left. */
export function addPacked(counts: number[], bytes: LatencyBytes): void {
  let bucket = -1;
  let position = 0;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; position < bytes.length; factor *= 128) {
      const byte = bytes[position++]!;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  while (position < bytes.length) {
    bucket += next();
    counts[bucket] = (counts[bucket] ?? 0) + next();
  }
}

/** Not by shifts: a count may need more than 31 bits. */
function pushInteger(bytes: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
