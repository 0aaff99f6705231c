import { readFileSync } from 'node:fs';

/** Since the machine started, in ticks, by core. */
interface CoreTicks {
  readonly busy: number;
  readonly all: number;
}

/** Watches how busy each core is, with whatever: call the answer to get the shares (0 to 1) since then. */
export function watchCores(): () => number[] {
  const before = readTicks();
  return () =>
    readTicks().map(({ busy, all }, core) => {
      const since = before[core] ?? { busy: 0, all: 0 };
      return all === since.all ? 0 : (busy - since.busy) / (all - since.all);
    });
}

function readTicks(): CoreTicks[] {
  const lines = readFileSync('/proc/stat', 'utf8').matchAll(/^cpu\d+ (.*)$/gm);
  return Array.from(lines, ([, fields = '']) => {
    // user nice system idle iowait irq softirq steal; guests are counted among users already.
    const ticks = fields.split(' ').slice(0, 8).map(Number);
    const all = ticks.reduce((sum, value) => sum + value, 0);
    return { busy: all - ticks[3]! - ticks[4]!, all };
  });
}
