import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

export type RedisCommand = readonly [name: string, ...args: (string | number)[]];

/** What replicas share besides Postgres. Everything here may fail: then each replica decides by itself. */
export interface SharedRedis {
  health(): { readonly up: boolean; readonly detail: string };
  /**
   * Sends commands together and resolves to their replies, in order. Rejects when Redis is away, answers any of them
   * with an error, or not within `REPLY_WITHIN_MS`; nothing is queued meanwhile, and nothing sent twice.
   */
  send(commands: readonly RedisCommand[]): Promise<unknown[]>;
  /** Best effort: false when nobody can have heard it. */
  publish(channel: string, message: string): Promise<boolean>;
  /** What is published while this one is away is not heard. */
  subscribe(channel: string, listener: (message: string) => void): void;
  close(): void;
}

/** No request ever waits for Redis; this bounds what the supervisor has under way. */
export const REPLY_WITHIN_MS = 250;
/** A peer that is silent for so long though it was asked is given up, and the connection made anew. */
const SILENCE_MS = 2000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;

/** Half of it at random, so that replicas do not come back in step. */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
  return delay / 2 + random() * (delay / 2);
}

/** Loads the client and connects behind the caller's back: a Redis that is away delays nobody. */
export async function openRedis(url: string, log: Logger): Promise<SharedRedis> {
  const { Redis } = await import('ioredis');
  const options = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // A count that was sent and not confirmed may have been counted.
    autoResendUnfulfilledCommands: false,
    commandTimeout: REPLY_WITHIN_MS,
    connectTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
    // INFO and CLIENT may be forbidden; a server that is still loading says so itself.
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: (attempt: number) => retryDelayMs(attempt),
    // After a failover the address may be that of a replica: the next connection finds the new primary.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  const problem = new Problem(log);
  const commands = watched(new Redis(url, options), problem);
  // A subscriber is told things and asks nothing: its silence means nothing, keep-alive finds a dead peer.
  const { commandTimeout: _timeout, socketTimeout: _silence, ...heard } = options;
  const subscriber = watched(new Redis(url, { ...heard, keepAlive: SILENCE_MS }), problem);
  return new ConnectedRedis(commands, subscriber, problem);
}

class ConnectedRedis implements SharedRedis {
  readonly #commands: Redis;
  readonly #subscriber: Redis;
  readonly #problem: Problem;
  readonly #listeners = new Map<string, (message: string) => void>();

  constructor(commands: Redis, subscriber: Redis, problem: Problem) {
    this.#commands = commands;
    this.#subscriber = subscriber;
    this.#problem = problem;
    subscriber.on('message', (channel: string, message: string) => this.#listeners.get(channel)?.(message));
    subscriber.on('ready', () => this.#subscribe());
  }

  health(): { up: boolean; detail: string } {
    const { current } = this.#problem;
    if (current !== undefined) return { up: false, detail: `${current}; each replica decides by itself` };
    const up = this.#commands.status === 'ready';
    return {
      up,
      detail: up ? 'counts are shared' : `${this.#commands.status}; each replica decides by itself`,
    };
  }

  async send(commands: readonly RedisCommand[]): Promise<unknown[]> {
    if (this.#commands.status !== 'ready') throw new Error(`Redis is ${this.#commands.status}`);
    const replies = await Promise.all(
      commands.map(([name, ...args]) => this.#commands.call(name, ...args)),
    ).catch((error: unknown) => {
      this.#problem.is(error);
      throw error;
    });
    this.#problem.over();
    return replies;
  }

  async publish(channel: string, message: string): Promise<boolean> {
    try {
      await this.send([['PUBLISH', channel, message]]);
      return true;
    } catch {
      return false;
    }
  }

  subscribe(channel: string, listener: (message: string) => void): void {
    this.#listeners.set(channel, listener);
    if (this.#subscriber.status === 'ready') this.#subscribe();
  }

  close(): void {
    this.#commands.disconnect();
    this.#subscriber.disconnect();
  }

  #subscribe(): void {
    const channels = [...this.#listeners.keys()];
    if (channels.length > 0)
      this.#subscriber.subscribe(...channels).catch((error) => this.#problem.is(error));
  }
}

/** What is wrong with Redis now: logged when it begins and when it is over, not with every command. */
class Problem {
  readonly #log: Logger;
  current: string | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  is(error: unknown): void {
    const text = error instanceof Error ? error.message || error.name : String(error);
    if (this.current === undefined)
      this.#log.warn({ err: error }, 'redis is away: replicas decide by themselves');
    this.current = text;
  }

  over(): void {
    if (this.current !== undefined) this.#log.info('redis is back');
    this.current = undefined;
  }
}

/** A client without a listener for its errors would end the process. */
function watched(redis: Redis, problem: Problem): Redis {
  redis.on('error', (error: unknown) => problem.is(error));
  return redis;
}
