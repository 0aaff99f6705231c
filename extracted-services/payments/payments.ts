import { join } from 'node:path';
import {
  ApiError,
  createLogger,
  createPool,
  createService,
  type Logger,
  type OutboxPublisher,
  openEventDestination,
  type Pool,
  type RunningService,
  requireApiKey,
  startOutboxPublisher,
  startService,
} from '@ficus/service-kit';
import { contractMessages } from './operations/contract-messages.ts';
import { startKeyPurge } from './operations/purge-keys.ts';
import { addPaymentRoutes } from './payment/routes.ts';
import { createPsp } from './psp.ts';
import { keepSchemaReady } from './schema/keep-schema-ready.ts';
import type { PaymentsSettings } from './settings.ts';

export type RunningPayments = RunningService & {
  /** Publishes what waits in the outbox; resolves to how many events that were. */
  publishNow(): Promise<number>;
  /** Removes Idempotency-Keys that are old enough; resolves to how many those were. */
  purgeKeysNow(): Promise<number>;
};

/** The composition root. Resolves when it listens; `/readyz` says when its schema is there. */
export async function startPayments(
  settings: PaymentsSettings,
  logger: Logger = createLogger({
    service: 'payments',
    version: settings.version,
    level: settings.logLevel,
  }),
): Promise<RunningPayments> {
  const { databaseUrl } = settings;
  const reads = createPool({ databaseUrl, service: 'payments', logger, maxConnections: 5 });
  // Their own, because a write holds its connection while the payment provider thinks.
  const writes = createPool({
    databaseUrl,
    service: 'payments',
    logger,
    maxConnections: 10,
    connectTimeoutMs: 10_000,
  });
  const schema = keepSchemaReady(writes, logger);
  const publisher = openPublisher(settings, writes, logger);
  const keys = startKeyPurge(writes, settings.idempotencyKeyDays, logger);

  let closing: Promise<void> | undefined;
  async function closeParts(): Promise<void> {
    await schema.stop();
    await publisher?.stop();
    await keys.stop();
    await reads.end();
    await writes.end();
  }

  try {
    const service = await createService({
      name: 'payments',
      version: settings.version,
      dryRun: true,
      contractMessages: { pool: writes, schema: 'payments', messages: contractMessages },
      apiSpec: join(import.meta.dirname, 'openapi.yaml'),
      logger,
      describeRefusal: ({ status }) => (status === 401 ? 'A valid X-Api-Key is needed' : undefined),
      securityHandlers: { apiKey: requireApiKey(settings.apiKeys, 'X-Api-Key') },
      readiness: {
        postgres: async () => void (await reads.query('SELECT 1')),
        schema: async () => schema.require(),
      },
      routes(router) {
        router.use((_request, _response, next) => {
          schema.require();
          next();
        });
        addPaymentRoutes(router, { reads, writes, psp: createPsp(settings) });
      },
    });
    const running = await startService(service, settings);
    return {
      ...running,
      purgeKeysNow: keys.purgeNow,
      async publishNow() {
        if (publisher === undefined) throw new ApiError(503, 'There is nobody to publish events to');
        return publisher.publishNow();
      },
      close() {
        closing ??= running.close().then(closeParts);
        return closing;
      },
    };
  } catch (error) {
    await closeParts();
    throw error;
  }
}

function openPublisher(
  { eventsUrl }: PaymentsSettings,
  pool: Pool,
  logger: Logger,
): OutboxPublisher | undefined {
  if (eventsUrl === undefined) {
    logger.info('events wait in the outbox: EVENTS_URL is not set');
    return undefined;
  }
  return startOutboxPublisher({
    pool,
    schema: 'payments',
    service: 'payments',
    destination: openEventDestination(eventsUrl, logger),
    logger,
  });
}
