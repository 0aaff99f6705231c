import { setTimeout as delay } from 'node:timers/promises';
import { FailedError } from './failures.ts';
import { inertText } from './inert.ts';

const EVERY_MS = 2000;
/** Cursor to the top left corner, and nothing below it. */
const CLEAR = '\x1b[H\x1b[2J';

/**
 * Prints what `look` gives, anew every two seconds, until Ctrl-C. A terminal shows the newest only; elsewhere they follow
 * each other. What can't be asked just now is said and asked again: whoever watches wants to see it come back.
 */
export async function watch(look: () => Promise<string>, stdout: NodeJS.WriteStream): Promise<void> {
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  while (!interrupted.signal.aborted) {
    const text = await look().catch((error: unknown) => {
      if (error instanceof FailedError) return inertText(error.message);
      throw error;
    });
    stdout.write(stdout.isTTY ? `${CLEAR}${text}\n` : `${text}\n\n`);
    await delay(EVERY_MS, undefined, { signal: interrupted.signal }).catch(() => {});
  }
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}
