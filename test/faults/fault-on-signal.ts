/** Loaded into a worker before its program: SIGHUP plays the fault that a file names. */
import { readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';

let held: unknown[] = [];

const faults: Readonly<Record<string, (argument: number) => void>> = {
  throw() {
    setImmediate(() => {
      throw new Error('played by a test');
    });
  },
  /** Fills the heap until V8 gives up. */
  oom() {
    for (;;) held.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
  },
  /** Keeps the event loop busy for so many milliseconds. */
  stall(milliseconds) {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  },
  /** Keeps the loop late at every look for so many milliseconds, with a moment between. */
  crawl(milliseconds) {
    const end = performance.now() + milliseconds;
    const step = (): void => {
      if (performance.now() > end) return;
      faults['stall']!(700);
      setTimeout(step, 20);
    };
    step();
  },
  /** Holds so many megabytes of buffers, for two seconds. */
  fill(megabytes) {
    held = Array.from({ length: megabytes }, () => Buffer.alloc(1024 * 1024, 1));
    setTimeout(() => {
      held = [];
    }, 2000);
  },
  /** Holds objects until so many percent of the old generation's limit are used, for two seconds. */
  hoard(percent) {
    const limit = getHeapStatistics().heap_size_limit - 96 * 1024 * 1024;
    while (getHeapStatistics().used_heap_size < (limit * percent) / 100)
      held.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
    setTimeout(() => {
      held = [];
    }, 2000);
  },
};

process.on('SIGHUP', () => {
  const [name = '', argument] = readFileSync(process.env['TEST_FAULT_FILE'] ?? '', 'utf8').split(' ');
  faults[name]?.(Number(argument));
});
