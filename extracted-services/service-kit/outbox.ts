import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';

export type OutboxEvent = {
  /** Such as `payment.captured`. */
  type: string;
  /** What it happened to, by its id. */
  subject: string;
  /** Small, and JSON. With a version of the subject in it: of two that are delivered, the older may come later. */
  data: unknown;
};

/**
 * Adds an event in the transaction of what it tells of: both are there or neither. Mails are events, too, to
 * whoever sends them. For a copy, the transaction's rollback takes it away. The table is the service's own, as in
 * `extracted-services/payments/schema/001-payments.sql`.
 */
export async function addEvent(client: PoolClient, schema: string, event: OutboxEvent): Promise<void> {
  await client.query(
    `INSERT INTO ${client.escapeIdentifier(schema)}.outbox (event_id, type, subject, data)
     VALUES ($1, $2, $3, $4)`,
    [randomUUID(), event.type, event.subject, JSON.stringify(event.data)],
  );
}
