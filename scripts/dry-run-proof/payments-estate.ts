import { randomUUID } from 'node:crypto';
import { startMonolith } from '../../examples/monolith/monolith.ts';
import { startPsp } from '../../examples/psp/psp.ts';
import { type RunningPayments, startPayments } from '../../extracted-services/payments/payments.ts';
import { readPaymentsSettings } from '../../extracted-services/payments/settings.ts';
import { monolithData } from '../../test/support/monolith-data.ts';
import { startTestRedis } from '../../test/support/redis.ts';
import { startTestDatabase } from '../../test/support/test-database.ts';
import type { Places } from './traces.ts';

export const API_KEY = 'key-of-the-proof';

export type PaymentsEstate = {
  monolithUrl: string;
  service: RunningPayments;
  places: Omit<Places, 'schemas'>;
  stop(): Promise<void>;
};

/** The monolith and the payments service with everything they reach: Postgres, Redis, the payment provider. */
export async function startPaymentsEstate(): Promise<PaymentsEstate> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const database = await startTestDatabase(monolithData);
    stops.push(database.stop);
    const redis = await startTestRedis();
    stops.push(redis.stop);
    const psp = await startPsp({ host: '127.0.0.1', port: 0 });
    stops.push(psp.close);
    const monolith = await startMonolith({
      databaseUrl: database.url,
      host: '127.0.0.1',
      port: 0,
      apiKeys: [API_KEY],
      sessionSecret: randomUUID(),
      pspUrl: psp.url,
    });
    stops.push(monolith.close);
    const service = await startPayments(
      readPaymentsSettings({
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        API_KEYS: API_KEY,
        PSP_URL: psp.url,
        EVENTS_URL: `${redis.url}?stream=payments`,
      }),
    );
    stops.push(service.close);
    await untilReady(service.url);
    return {
      monolithUrl: monolith.url,
      service,
      places: { databaseUrl: database.url, redisUrl: redis.url, psp },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(url: string): Promise<void> {
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 50));
}

export type Posted = { status: number; paymentId: string | undefined };

/** One unsafe request with a key of its own. */
export async function post(
  url: string,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Posted> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Api-Key': API_KEY,
      'Idempotency-Key': randomUUID(),
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const { paymentId } = (await response.json()) as { paymentId?: string };
  return { status: response.status, paymentId };
}
