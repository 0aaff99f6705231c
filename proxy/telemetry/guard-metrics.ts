import { Gauge, type Registry } from 'prom-client';

/** What a scrape reads of the guard. */
export interface GuardState {
  /** Ids of migrations, and whether the guard has taken each back. */
  readonly latched: readonly { readonly migration: string; readonly latched: boolean }[];
  /** Whether counts are shared with other replicas; undefined without Redis. */
  readonly redisUp: boolean | undefined;
}

/** Adds the guard's metrics to a registry, and returns what sets them. */
export function guardMetrics(registry: Registry): (state: GuardState) => void {
  const latched = new Gauge({
    name: 'ficus_guard_latched',
    help: '1 while what the guard took back waits to be cleared by a person',
    labelNames: ['migration'],
    registers: [registry],
  });
  let redis: Gauge | undefined;
  return (state) => {
    latched.reset();
    for (const { migration, latched: is } of state.latched) latched.set({ migration }, is ? 1 : 0);
    if (state.redisUp === undefined) return;
    redis ??= new Gauge({
      name: 'ficus_redis_available',
      help: '1 while Redis takes the counts that replicas share',
      registers: [registry],
    });
    redis.set(state.redisUp ? 1 : 0);
  };
}
