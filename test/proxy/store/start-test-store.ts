import { pino } from 'pino';
import { openStore, type Store, type StoreOptions } from '../../../proxy/store/open-store.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { startTestDatabase } from '../../support/test-database.ts';

export interface TestStore {
  readonly store: Store;
  readonly url: string;
  stop(): Promise<void>;
}

export const silentLog = pino({ level: 'silent' });

/** A store on an empty database of its own, available. */
export async function startTestStore(options: Partial<StoreOptions> = {}): Promise<TestStore> {
  const { url, stop } = await startTestDatabase();
  const store = openStore({ databaseUrl: url, log: silentLog, clock: systemClock, ...options });
  await untilAvailable(store);
  return {
    store,
    url,
    async stop() {
      await store.close();
      await stop();
    },
  };
}

export function untilAvailable(store: Pick<Store, 'onAvailable'>): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = store.onAvailable(() => {
      unsubscribe();
      resolve();
    });
  });
}

/** Waits for what shows only by asking; fails after half a minute. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Still not so after half a minute: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
