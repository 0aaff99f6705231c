import type { Pool, PoolClient } from 'pg';
import type { EventDestination, PublishedEvent } from './event-destinations.ts';
import type { Logger } from './logger.ts';
import { inTransaction } from './postgres.ts';
import { outsideOfCopies } from './shadow-copy.ts';

export type OutboxPublisherParts = {
  pool: Pool;
  schema: string;
  /** The service's name: the `source` of its events is `/<service>`. */
  service: string;
  destination: EventDestination;
  logger: Logger;
  intervalMs?: number;
};

export type OutboxPublisher = {
  /** Publishes what is there and has not been, instead of at the next interval; resolves to how many. */
  publishNow(): Promise<number>;
  stop(): Promise<void>;
};

const BATCH = 50;
const KEPT_DAYS = 7;

export type OutboxRow = {
  position: string;
  event_id: string;
  type: string;
  subject: string;
  data: unknown;
  time: Date;
};

export const outboxColumns = 'position, event_id, type, subject, data, occurred_at AS time';

/**
 * Takes events to their destination, at least once each: an event is marked after its delivery, so one whose mark
 * was lost comes again, with the same id. Instances share the work: one holds the rows of a batch, the others skip
 * them, so that order holds within a batch only. After a failure, the rest of it waits for the next interval.
 */
export function startOutboxPublisher(parts: OutboxPublisherParts): OutboxPublisher {
  const { pool, schema, logger, intervalMs = 500 } = parts;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let latest: Promise<unknown> = Promise.resolve();

  async function publishAll(): Promise<number> {
    let published = 0;
    for (let batch = BATCH; batch === BATCH && !stopped; published += batch)
      batch = await publishBatch(parts);
    if (published > 0) await removeOld(pool, schema);
    return published;
  }

  function publishNow(): Promise<number> {
    const next = latest.then(publishAll, publishAll);
    latest = next.catch(() => {});
    return next;
  }

  async function again(): Promise<void> {
    try {
      await publishNow();
    } catch (error) {
      logger.warn({ err: error }, 'events could not be published');
    }
    if (!stopped) timer = setTimeout(again, intervalMs);
  }

  outsideOfCopies(() => void again());
  return {
    publishNow,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await latest;
      parts.destination.close();
    },
  };
}

async function publishBatch({ pool, schema, service, destination }: OutboxPublisherParts): Promise<number> {
  let failure: unknown;
  const published = await inTransaction(pool, async (client) => {
    const rows = await nextRows(client, schema);
    const done: string[] = [];
    for (const row of rows) {
      try {
        await destination.deliver(toEvent(row, service));
        done.push(row.position);
      } catch (error) {
        failure = error;
        break;
      }
    }
    // What was delivered stays delivered, though the next one was not.
    await client.query(
      `UPDATE ${client.escapeIdentifier(schema)}.outbox SET published_at = now() WHERE position = ANY($1)`,
      [done],
    );
    return done.length;
  });
  if (failure !== undefined) throw failure;
  return published;
}

async function nextRows(client: PoolClient, schema: string): Promise<OutboxRow[]> {
  const { rows } = await client.query<OutboxRow>(
    `SELECT ${outboxColumns}
     FROM ${client.escapeIdentifier(schema)}.outbox
     WHERE published_at IS NULL ORDER BY position LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
  );
  return rows;
}

/** What is published of it. */
export const toEvent = (row: OutboxRow, service: string): PublishedEvent => ({
  specversion: '1.0',
  id: row.event_id,
  source: `/${service}`,
  type: row.type,
  subject: row.subject,
  time: row.time.toISOString(),
  datacontenttype: 'application/json',
  data: row.data,
});

async function removeOld(pool: Pool, schema: string): Promise<void> {
  await inTransaction(pool, (client) =>
    client.query(
      `DELETE FROM ${client.escapeIdentifier(schema)}.outbox
       WHERE published_at < now() - interval '${KEPT_DAYS} days'`,
    ),
  );
}
