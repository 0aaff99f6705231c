import { setTimeout as delay } from 'node:timers/promises';
import { FailedError } from './failures.ts';
import { inertText } from './inert.ts';
import type { Paint } from './paint.ts';
import { draw, enter, leave } from './watch-screen.ts';

export interface Watched {
  /** What is so now, for this many columns. */
  look(columns: number | undefined): Promise<string>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Draw on a screen of its own; else each look follows the one before. */
  readonly onScreen: boolean;
  readonly paint: Paint;
  readonly everyMs?: number;
}

/**
 * Shows what `look` gives, anew every two seconds, until q or Ctrl-C. What can't be asked just now is said, and
 * asked again: whoever watches wants to see it come back. On a screen what was seen last stays meanwhile, and after.
 */
export async function watch({
  look,
  stdin,
  stdout,
  onScreen,
  paint,
  everyMs = 2000,
}: Watched): Promise<void> {
  const ended = new AbortController();
  let woken = new AbortController();
  const wake = () => woken.abort();
  const end = () => {
    ended.abort();
    wake();
  };
  const onKey = (keys: Buffer) => (endKeys.some((key) => keys.includes(key)) ? end() : wake());
  const release = onScreen ? takeScreen(stdin, stdout, onKey, wake) : () => {};
  for (const signal of signals) process.once(signal, end);
  let seen = '';
  let failed = '';
  try {
    while (!ended.signal.aborted) {
      try {
        seen = await look(stdout.columns || undefined);
        failed = '';
      } catch (error) {
        if (!(error instanceof FailedError)) throw error;
        failed = inertText(error.message);
      }
      if (ended.signal.aborted) break;
      if (onScreen) show(seen, failed);
      else stdout.write(failed ? `${failed}\n\n` : `${seen}\n${seen.includes('\n') ? '\n' : ''}`);
      woken = new AbortController();
      await delay(everyMs, undefined, { signal: woken.signal }).catch(() => {});
    }
  } finally {
    release();
    for (const signal of signals) process.off(signal, end);
  }
  if (onScreen && seen !== '') stdout.write(`${seen}\n`);

  function show(text: string, problem: string): void {
    const now = new Date().toTimeString().slice(0, 8);
    const head = problem ? `${paint('red', problem)}\n\n` : '';
    draw(stdout, head + text, `${now} · every ${everyMs / 1000} s, any key: now · q: end`, paint);
  }
}

/** Ctrl-C and Ctrl-D come as keys, too, once keys come one by one. */
const endKeys = ['q', 'Q', '\x03', '\x04'];

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Keys come one by one and unechoed, and the screen is given back however the process ends. */
function takeScreen(
  stdin: NodeJS.ReadStream,
  stdout: NodeJS.WriteStream,
  onKey: (keys: Buffer) => void,
  onResize: () => void,
): () => void {
  const giveBack = () => {
    if (stdin.isTTY) stdin.setRawMode(false);
    leave(stdout);
  };
  process.once('exit', giveBack);
  enter(stdout);
  stdout.on('resize', onResize);
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('data', onKey).resume();
  return () => {
    process.off('exit', giveBack);
    stdout.off('resize', onResize);
    stdin.off('data', onKey).pause();
    giveBack();
  };
}
