import express, { type RequestHandler } from 'express';
import type { Pool, PoolClient } from 'pg';
import { type OutboxRow, outboxColumns, toEvent } from './outbox-publisher.ts';

/** The messages that consumers' pacts know of, made by the code that makes the real ones. */
export type ContractMessages = {
  pool: Pool;
  /** Of the outbox. */
  schema: string;
  /** By the description in the pact. */
  messages: Record<string, ContractMessage>;
};

export type ContractMessage = {
  /** Of the event that is the message: what makes it may add others, too. */
  type: string;
  /** Adds the events of an example to the outbox, in a transaction that is rolled back. */
  add: (client: PoolClient) => Promise<void>;
};

/** Where `ficus verify` asks a service for messages. */
export const CONTRACT_MESSAGES_PATH = '/.well-known/ficus/messages';

/** Asked one after the other by a verifier; those of several may meet. */
const MAX_WAITING = 10;

/**
 * Answers as Pact's verifiers expect it of a provider of messages: asked for a description, it has the message as it
 * would be published. Nothing is: the outbox never has it. It tells nothing but examples, so anybody may ask; it makes one at a time, since the
 * connections are there for clients.
 */
export function answerContractMessages(service: string, parts: ContractMessages): RequestHandler[] {
  let waiting = 0;
  let latest: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = latest.then(work).finally(() => waiting--);
    latest = next.catch(() => {});
    waiting++;
    return next;
  };
  const answer: RequestHandler = async (request, response) => {
    const { description } = (request.body ?? {}) as { description?: unknown };
    const message = typeof description === 'string' ? known(parts, description) : undefined;
    if (message === undefined) {
      const there = Object.keys(parts.messages).join(', ');
      response.status(404).json({ detail: `There is no message of that description; there are: ${there}` });
      return;
    }
    if (waiting >= MAX_WAITING) {
      response.status(503).json({ detail: 'Too many messages are asked for at once; ask again' });
      return;
    }
    const rows = await inTurn(() => addedRows(parts, message));
    const row = rows.find(({ type }) => type === message.type);
    if (row) response.json(toEvent(row, service));
    else response.status(500).json({ detail: `No event ${message.type} came of it` });
  };
  return [express.json({ limit: 100 * 1024 }), answer];
}

function known({ messages }: ContractMessages, description: string): ContractMessage | undefined {
  return Object.hasOwn(messages, description) ? messages[description] : undefined;
}

async function addedRows({ pool, schema }: ContractMessages, { add }: ContractMessage): Promise<OutboxRow[]> {
  const client = await pool.connect();
  try {
    const outbox = `${client.escapeIdentifier(schema)}.outbox`;
    await client.query('BEGIN');
    // Positions grow: an outbox that has much to publish is not read through.
    const { rows: last } = await client.query(`SELECT coalesce(max(position), 0) AS position FROM ${outbox}`);
    await add(client);
    const { rows } = await client.query<OutboxRow>(
      `SELECT ${outboxColumns} FROM ${outbox}
       WHERE position > $1 AND xmin = pg_current_xact_id()::xid ORDER BY position`,
      [last[0].position],
    );
    return rows;
  } finally {
    const broken = await client.query('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    );
    client.release(broken);
  }
}
