import { Redis } from 'ioredis';
import type { Logger } from './logger.ts';

/** An event as it leaves the service, in CloudEvents' structured JSON (version 1.0). */
export type PublishedEvent = {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  /** ISO 8601. */
  time: string;
  datacontenttype: 'application/json';
  data: unknown;
};

/** Where events go. `deliver` resolves when the event is safe there, and rejects when that is not known. */
export type EventDestination = { deliver(event: PublishedEvent): Promise<void>; close(): void };

const DELIVERY_TIMEOUT_MS = 5000;

/** `http(s)://host/path` takes a POST for each event; `redis://host:6379/0?stream=payments` gets XADDs. */
export function openEventDestination(url: string, logger: Logger): EventDestination {
  return /^https?:/.test(url) ? toWebhook(url) : toRedisStream(new URL(url), logger);
}

function toWebhook(url: string): EventDestination {
  return {
    async deliver(event) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/cloudevents+json' },
        body: JSON.stringify(event),
        redirect: 'error',
        signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`The receiver of events answered ${response.status}`);
    },
    close: () => {},
  };
}

/** So many events stay in a stream, about. */
const STREAM_LENGTH = 100_000;

function toRedisStream(url: URL, logger: Logger): EventDestination {
  const stream = url.searchParams.get('stream') ?? 'events';
  url.search = '';
  const redis = new Redis(url.href, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: DELIVERY_TIMEOUT_MS,
    retryStrategy: (attempts) => Math.min(attempts * 100, 2000),
  });
  redis.on('error', (error) => logger.debug({ err: error }, 'the stream of events is away'));
  return {
    async deliver(event) {
      await redis.xadd(stream, 'MAXLEN', '~', STREAM_LENGTH, '*', 'event', JSON.stringify(event));
    },
    close: () => redis.disconnect(),
  };
}
