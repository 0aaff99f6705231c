/** Made once: `toLocaleString` makes one each time, and every gate is asked twice a second. */
const grouped = new Intl.NumberFormat('en-US');

/** `4,180`. */
export function count(number: number): string {
  return grouped.format(number);
}

/** `1 pair`, `4,180 pairs`. */
export function counted(number: number, thing: string): string {
  return `${count(number)} ${thing}${number === 1 ? '' : 's'}`;
}

/** `99.31 %`, never rounded up: what is under what is asked must not look like it. */
export function percentAtLeast(part: number): string {
  return `${(Math.floor(part * 10_000) / 100).toFixed(2)} %`;
}

/** `99.5 %`, as it was written. */
export function percentAsked(part: number): string {
  return `${Number((part * 100).toPrecision(12))} %`;
}

/** `0.024 %`, `3.2 %`, `100 %`: two digits that say something. */
export function percentOf(part: number): string {
  return `${Number((part * 100).toPrecision(2))} %`;
}

/** `0.8 ms`, `48 ms`, `1,250 ms`. */
export function milliseconds(ms: number): string {
  return `${ms < 10 ? Number(ms.toFixed(1)) : count(Math.round(ms))} ms`;
}
