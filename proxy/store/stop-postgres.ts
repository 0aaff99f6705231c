import { setTimeout as delay } from 'node:timers/promises';

/** Fast shutdown first, then immediate (the next start replays the log), then no mercy. */
const stopSignals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;
const waitPerSignalMs = 10_000;

/** Ends a Postgres server in the kindest way that works; `exited` resolves when it is gone. */
export async function stopPostgres(
  exited: Promise<void>,
  kill: (signal: NodeJS.Signals) => void,
): Promise<void> {
  for (const signal of stopSignals) {
    kill(signal);
    if (await within(exited, waitPerSignalMs)) return;
  }
  await exited;
}

async function within(promise: Promise<void>, waitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(waitMs, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return inTime;
}
