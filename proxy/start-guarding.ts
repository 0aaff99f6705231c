import { createDrill, type Drill, type DrillDeps } from './delivery/guard/drill.ts';
import type { Guard } from './delivery/guard/guard.ts';
import { type StartGuardDeps, startGuard } from './delivery/guard/start-guard.ts';
import type { Traffic } from './start-traffic.ts';
import { openRedis, type SharedRedis } from './store/redis.ts';

export interface Guarding {
  readonly guard: Guard;
  readonly drill: Drill;
  /** Undefined: this replica shares its counts with nobody. */
  readonly redis: SharedRedis | undefined;
  close(): void;
}

export type GuardingDeps = Omit<StartGuardDeps, 'redis' | keyof Traffic> &
  Pick<DrillDeps, 'gate' | 'killed' | 'traffic' | 'audit'>;

/** What takes a share back by itself, what measures that, and what replicas tell each other of it. */
export async function startGuarding(
  traffic: Traffic,
  deps: GuardingDeps,
  redisUrl: string | undefined,
): Promise<Guarding> {
  const { log, flags, states, model, workers, pushSnapshot } = traffic;
  const redis = redisUrl === undefined ? undefined : await openRedis(redisUrl, log);
  const { guard, close } = startGuard({ ...deps, model, flags, states, log, redis });
  const drill = createDrill({
    ...deps,
    migrations: () => model().migrations,
    flags,
    states,
    workers: () => workers.workers(),
    toldRevision: () => workers.toldRevision,
    onCapsChanged: pushSnapshot,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  return {
    guard,
    drill,
    redis,
    close() {
      close();
      redis?.close();
    },
  };
}
