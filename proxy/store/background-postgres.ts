import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

export interface BackgroundPostgres {
  /** Resolves when it runs; never rejects. */
  readonly url: Promise<string>;
  stop(): Promise<void>;
}

const RETRY_MS = 5000;

/** An embedded Postgres that nobody waits for: when it does not start it says why, and is tried again. */
export function startBackgroundPostgres(options: {
  readonly dataDir: string;
  readonly database: string;
  readonly log: Logger;
}): BackgroundPostgres {
  const stopping = new AbortController();
  let running: EmbeddedPostgres | undefined;
  const { promise: url, resolve } = Promise.withResolvers<string>();

  async function start(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        running = await startEmbeddedPostgres(options);
        resolve(running.url);
        return;
      } catch (error) {
        options.log.error({ err: error }, 'the embedded Postgres did not start; traffic flows without it');
      }
      await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }
  const started = start();

  return {
    url,
    async stop() {
      stopping.abort();
      await started;
      await running?.stop();
    },
  };
}
