import type { Logger } from './logger.ts';

/** What may still run after `close`, such as sending the last spans, gets this long. */
const LINGER_MS = 5000;

/** SIGTERM or SIGINT closes and lets the process end with exit code 0; a second one ends it at once. */
export function stopOnSignals(running: { close(): Promise<void> }, logger: Logger): void {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  async function stop(signal: NodeJS.Signals) {
    // Without a listener, the next signal does what signals do.
    for (const name of signals) process.off(name, stop);
    logger.info({ signal }, 'stopping');
    try {
      await running.close();
      logger.info('stopped');
    } catch (error) {
      logger.error({ err: error }, 'did not stop cleanly');
      process.exitCode = 1;
    }
    // Nothing is left to do, so Node ends by itself, which is when telemetry sends what it has.
    setTimeout(() => process.exit(), LINGER_MS).unref();
  }
  for (const name of signals) process.on(name, stop);
}
