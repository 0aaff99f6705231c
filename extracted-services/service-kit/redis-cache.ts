import { createHash, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Cache } from './cache.ts';
import { within } from './deadline.ts';
import { holdBackForCopies } from './hold-back-cache.ts';
import type { Logger } from './logger.ts';

export type RedisCacheOptions = {
  redisUrl: string;
  /** Starts every key. */
  service: string;
  /** Another version may keep other shapes: each has values of its own, and all of them forget together. */
  version: string;
  ttlMs: number;
  logger: Logger;
  /** A request waits no longer than this for Redis. */
  deadlineMs: number;
  /** After a missed deadline or a broken connection, Redis is not asked for this long. */
  restMs?: number;
};

/**
 * A cache that can only help: when Redis is away or slow, values are loaded as if there was none.
 *
 * Every value is kept with the generation that was current before it was loaded, and counts only while that
 * generation is still current. Forgetting is one write of a new generation, which also voids what is being
 * loaded meanwhile.
 */
export function createRedisCache(options: RedisCacheOptions): Cache {
  const { service, version, ttlMs, logger, deadlineMs, restMs = 1000 } = options;
  const redis = connect(options.redisUrl, logger);
  const generationKey = `${service}:generation`;
  let restingUntilMs = 0;
  /** A generation that Redis has not confirmed: until it has, what is kept there may be outdated. */
  let unconfirmed: string | undefined;

  /** Undefined when Redis did not answer in time or is not worth asking. */
  async function ask<Reply>(command: () => Promise<Reply>): Promise<Reply | undefined> {
    if (redis.status !== 'ready' || performance.now() < restingUntilMs) return undefined;
    try {
      return await within(deadlineMs, command());
    } catch (error) {
      restingUntilMs = performance.now() + restMs;
      logger.warn({ err: error, restMs }, 'cache is resting');
      return undefined;
    }
  }

  async function confirmGeneration(): Promise<boolean> {
    const wanted = unconfirmed;
    if (wanted === undefined) return true;
    if ((await ask(() => redis.set(generationKey, wanted))) === undefined) return false;
    if (unconfirmed === wanted) unconfirmed = undefined;
    return unconfirmed === undefined;
  }

  function keep(key: string, generation: string, value: unknown): void {
    // Nobody waits for it, and a lost one is loaded again.
    void ask(() => redis.set(key, JSON.stringify({ generation, value }), 'PX', ttlMs));
  }

  return holdBackForCopies({
    async remember<Value>(name: string, load: () => Promise<Value>): Promise<Value> {
      if (!(await confirmGeneration())) return load();
      const key = `${service}:${version}:${createHash('sha256').update(name).digest('base64url')}`;
      const reply = await ask(() => redis.mget(generationKey, key));
      if (reply === undefined) return load();
      const [generation, kept] = [reply[0] ?? '', parseKept<Value>(reply[1])];
      if (kept?.generation === generation) return kept.value;
      const value = await load();
      keep(key, generation, value);
      return value;
    },

    async forgetAll() {
      unconfirmed = randomUUID();
      await confirmGeneration();
    },

    close: () => redis.disconnect(),
  });
}

type Kept<Value> = { generation: string; value: Value };

/** Whatever else there may be under the key counts as nothing. */
function parseKept<Value>(text: string | null | undefined): Kept<Value> | undefined {
  try {
    return JSON.parse(text ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

function connect(redisUrl: string, logger: Logger): Redis {
  const redis = new Redis(redisUrl, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    // A peer that vanished without a word is noticed when a command gets no reply for this long.
    socketTimeout: 5000,
    retryStrategy: (attempts) => Math.min(attempts * 100, 2000),
  });
  let isUp: boolean | undefined;
  redis.on('ready', () => {
    isUp = true;
    logger.info('cache is connected');
  });
  // It comes with every attempt to connect; without a listener each would be printed.
  redis.on('error', (error) => {
    if (isUp !== false) logger.warn({ err: error }, 'cache is away');
    isUp = false;
  });
  return redis;
}
