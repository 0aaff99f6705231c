import { createProgress, duration } from './progress.ts';

/** Shorter waits are none. */
const shownAfterMs = 300;

/** Says on stderr what is waited for and how long by now, for what has no parts to count. */
export async function waiting<T>(text: string, work: Promise<T>): Promise<T> {
  const progress = createProgress(process.stderr);
  const startedAt = performance.now();
  const show = () => progress.show(undefined, `${text}, ${duration(performance.now() - startedAt)}`);
  let timer: NodeJS.Timeout = setTimeout(() => {
    show();
    timer = setInterval(show, 1000);
  }, shownAfterMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    progress.end();
  }
}
