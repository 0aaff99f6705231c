export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A document whose scalars are all different, so that a mutation can only be where it was made. */
export function randomDocument(random: (below: number) => number): { [key: string]: Json } {
  let last = 0;
  const value = (depth: number): Json => {
    const choice = random(depth > 4 ? 3 : 7);
    last++;
    if (choice < 2) return last;
    if (choice === 2) return `text ${last}`;
    if (choice < 5) return Array.from({ length: 1 + random(5) }, () => value(depth + 1));
    return Object.fromEntries(
      Array.from({ length: 1 + random(5) }, (_, at) => [`f${'abcdef'[at]}`, value(depth + 1)]),
    );
  };
  return { first: value(1), second: [value(1), value(1), value(1)], third: { inner: value(2) } };
}
