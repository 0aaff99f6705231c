import { ApiError, type Logger, type Pool } from '@ficus/service-kit';
import { upgradePaymentsSchema } from './upgrade-payments-schema.ts';

export type SchemaState = {
  /** Throws 503 until the schema is there. */
  require(): void;
  stop(): Promise<void>;
};

const RETRY_MS = 1000;

/** Upgrades the schema at once, and again until it went through: Postgres may come up after the service. */
export function keepSchemaReady(pool: Pool, logger: Logger): SchemaState {
  let ready = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let latest: Promise<void> = upgrade();

  async function upgrade(): Promise<void> {
    try {
      const ran = await upgradePaymentsSchema(pool);
      ready = true;
      if (ran.length > 0) logger.info({ ran }, 'schema upgraded');
    } catch (error) {
      logger.warn({ err: error }, 'the schema could not be upgraded');
      if (!stopped) timer = setTimeout(() => (latest = upgrade()), RETRY_MS);
    }
  }

  return {
    require() {
      if (!ready) throw new ApiError(503, "The service's tables are not there yet");
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await latest;
    },
  };
}
