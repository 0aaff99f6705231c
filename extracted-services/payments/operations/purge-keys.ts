import type { Logger, Pool } from '@ficus/service-kit';

export type KeyPurge = {
  /** Removes every key that is old enough; resolves to how many those were. */
  purgeNow(): Promise<number>;
  stop(): Promise<void>;
};

const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;
/** Rows that one statement removes: requests with new keys don't wait for long. */
const BATCH = 1000;

/**
 * Removes used Idempotency-Keys after `keptDays`: who sends a request again does so within hours, and every answer
 * that is kept is a customer's. What the monolith's own log keeps is the monolith's to remove.
 */
export function startKeyPurge(pool: Pool, keptDays: number, logger: Logger): KeyPurge {
  let stopped = false;
  let latest: Promise<unknown> = Promise.resolve();
  let timer = setTimeout(purge, FIRST_AFTER_MS).unref();

  function purge(): void {
    latest = purgeNow()
      .then((removed) => removed > 0 && logger.info({ removed, keptDays }, 'old idempotency keys removed'))
      .catch((error) => logger.warn({ err: error }, 'old idempotency keys could not be removed'))
      .finally(() => {
        if (!stopped) timer = setTimeout(purge, EVERY_MS).unref();
      });
  }

  async function purgeNow(): Promise<number> {
    for (let removed = 0; ; ) {
      // Two instances may do this at once: each takes what the other has not.
      const { rowCount } = await pool.query(
        `DELETE FROM payments.idempotency_key WHERE key IN (
           SELECT key FROM payments.idempotency_key WHERE created_at < now() - make_interval(days => $1)
           ORDER BY created_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
        [keptDays],
      );
      removed += rowCount ?? 0;
      if (stopped || (rowCount ?? 0) < BATCH) return removed;
    }
  }

  return {
    purgeNow,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await latest;
    },
  };
}
