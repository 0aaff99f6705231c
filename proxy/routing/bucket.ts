/**
 * Sticky buckets. The coarse one is Unleash's own (murmur3 of `groupId:stickiness`, 1 to 100), so that
 * flag and cap nest; the fine one splits each coarse bucket into 100 by a second hash, for shares under 1 %.
 */

/** Second seed: any constant that Unleash does not use (it has 0 for strategies, 86028157 for variants). */
const FINE_SEED = 0x46494355;

/** Whole percent bucket, 1 to 100: the user is in at a share of N % when the bucket is at most N. */
export function coarseBucket(groupId: string, stickyValue: string): number {
  return (murmur3(`${groupId}:${stickyValue}`, 0) % 100) + 1;
}

/** Place within the coarse bucket, 1 to 100: hundredths of a percent. */
export function fineBucket(groupId: string, stickyValue: string): number {
  return (murmur3(`${groupId}:${stickyValue}`, FINE_SEED) % 100) + 1;
}

/** Whether a user is within a share, in percent (0 to 100; under 1 in hundredths). */
export function isWithinShare(percent: number, groupId: string, stickyValue: string): boolean {
  if (percent <= 0) return false;
  if (percent >= 100) return true;
  if (percent >= 1) return coarseBucket(groupId, stickyValue) <= percent;
  // Rounded: 0.29 * 100 is a little under 29.
  return (
    coarseBucket(groupId, stickyValue) === 1 && fineBucket(groupId, stickyValue) <= Math.round(percent * 100)
  );
}

/**
 * MurmurHash3_x86_32 by Austin Appleby (public domain), over the low bytes of the string's UTF-16 units,
 * as murmurhash3js does it: Unleash's clients in JavaScript all bucket that way.
 */
export function murmur3(text: string, seed: number): number {
  const c1 = 0xcc9e2d51;
  const c2 = 0x1b873593;
  const length = text.length;
  const blocks = length & ~3;
  let hash = seed;
  for (let i = 0; i < blocks; i += 4) {
    let k =
      (text.charCodeAt(i) & 0xff) |
      ((text.charCodeAt(i + 1) & 0xff) << 8) |
      ((text.charCodeAt(i + 2) & 0xff) << 16) |
      ((text.charCodeAt(i + 3) & 0xff) << 24);
    k = Math.imul(k, c1);
    k = (k << 15) | (k >>> 17);
    hash ^= Math.imul(k, c2);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | (text.charCodeAt(i) & 0xff);
  if (length > blocks) {
    tail = Math.imul(tail, c1);
    tail = (tail << 15) | (tail >>> 17);
    hash ^= Math.imul(tail, c2);
  }
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
