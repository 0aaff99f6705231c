import { within } from './deadline.ts';
import type { Logger } from './logger.ts';

/** One reason a service may not be ready, by name; a check passes, or rejects with what is missing. */
export type ReadinessChecks = Record<string, () => Promise<void>>;

const CHECK_TIMEOUT_MS = 2000;

/** The names of the checks that fail, in the order given; one that hangs fails too. */
export async function failingChecks(checks: ReadinessChecks, logger: Logger): Promise<string[]> {
  const outcomes = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await within(CHECK_TIMEOUT_MS, check());
        return [];
      } catch (error) {
        logger.warn({ check: name, err: error }, 'not ready');
        return [name];
      }
    }),
  );
  return outcomes.flat();
}
