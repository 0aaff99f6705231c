import type { Logger } from 'pino';
import type { Migration } from '../../routing/model.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { MigrationIncrement } from '../traffic-history.ts';
import { describeTrip, describeWorkerTrip } from './describe-trip.ts';
import { findBad, type Watch } from './find-bad.ts';
import type { GuardKind, Latch } from './latch.ts';
import { SeenHistory } from './seen-history.ts';
import { addSeen, type BothSeen, nothingSeen, type SideSeen } from './window.ts';

export interface GuardDeps {
  readonly migrations: () => readonly Migration[];
  /** Percent in force: the smaller of what is asked and what is granted. */
  readonly share: (migration: string) => number;
  /** Takes it back; nothing waits for it, and it must not throw. */
  readonly trip: (migration: string, latch: Latch) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A service that is started anew answers again within so many seconds; until then others answer for it. */
const RESTART_SECONDS = 10;

/** What is watched of one migration. */
interface Watched {
  readonly windowSeconds: number;
  readonly kinds: ReadonlyMap<GuardKind, SeenHistory>;
  /** Percent that its windows were counted under. */
  share: number;
}

/**
 * Watches the service's part of every migration against the monolith's part at the same time, and takes back
 * what is shown to be worse. Counting and judging; what a trip does is for `trip`.
 */
export class Guard {
  readonly #deps: GuardDeps;
  readonly #watched = new Map<string, Watched>();
  /** All that the monolith answers, on whatever path. */
  #elsewhere = new SeenHistory(3600);

  constructor(deps: GuardDeps) {
    this.#deps = deps;
  }

  /** Takes what one worker has counted since its last report. */
  addReport(report: Readonly<Record<string, MigrationIncrement>>): void {
    const second = this.#second();
    let monolith: SideSeen = nothingSeen;
    for (const counts of Object.values(report)) monolith = addSeen(monolith, errorsOf(counts).monolith);
    this.#elsewhere.add(second, { service: nothingSeen, monolith });
    for (const migration of this.#deps.migrations()) {
      const counts = report[migration.id];
      if (!counts) continue;
      const watched = this.#of(migration, second);
      watched.kinds.get('errors')!.add(second, errorsOf(counts));
      watched.kinds.get('unreachable')!.add(second, fallbacksOf(counts));
      if (counts.service.errors + counts.fallbacks > 0) this.#judge(migration, watched, second);
    }
  }

  /** A worker has seen nothing but failures, and asks the monolith by itself since. */
  workerTripped(migration: string, failures: number, withinMs: number): void {
    if (this.#deps.share(migration) <= 0) return;
    this.#trip(migration, describeWorkerTrip(failures, withinMs, this.#nowIso()));
  }

  #judge(migration: Migration, { kinds, share }: Watched, second: number): void {
    if (share <= 0) return;
    for (const [kind, history] of kinds) {
      const bad = findBad(history, this.#elsewhere, second, watchOf(kind, migration.guard));
      if (!bad) continue;
      this.#trip(migration.id, describeTrip(kind, bad, this.#nowIso()));
      return;
    }
  }

  #trip(migration: string, latch: Latch): void {
    this.#deps.log.error({ migration, ...latch.numbers }, `guard: ${latch.reason}`);
    this.#deps.trip(migration, latch);
  }

  /** With another share, or with other windows, it begins anew: requests of before are others' requests. */
  #of({ id, guard: { windowSeconds } }: Migration, second: number): Watched {
    const share = this.#deps.share(id);
    let watched = this.#watched.get(id);
    if (!watched || watched.windowSeconds !== windowSeconds) {
      watched = {
        windowSeconds,
        kinds: new Map([
          ['errors', new SeenHistory(windowSeconds)],
          ['unreachable', new SeenHistory(windowSeconds)],
        ]),
        share,
      };
      this.#watched.set(id, watched);
    }
    if (watched.share !== share) {
      for (const history of watched.kinds.values()) history.restart(second);
      watched.share = share;
    }
    return watched;
  }

  #second(): number {
    return Math.floor(this.#deps.clock.now() / 1000);
  }

  #nowIso(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

function errorsOf({ monolith, service }: MigrationIncrement): BothSeen {
  return {
    service: { requests: service.requests, bad: service.errors },
    monolith: { requests: monolith.requests, bad: monolith.errors },
  };
}

/** Requests meant for the service that the monolith answered: no client was harmed, so that there is some time. */
function fallbacksOf({ monolith, service, fallbacks }: MigrationIncrement): BothSeen {
  return {
    service: { requests: service.requests + fallbacks, bad: fallbacks },
    monolith: { requests: monolith.requests, bad: monolith.errors },
  };
}

function watchOf(kind: GuardKind, guard: Migration['guard']): Watch {
  const { errorRate, timesMonolith, minRequests } = guard;
  const minSeconds = kind === 'unreachable' ? RESTART_SECONDS : 1;
  return { rate: errorRate, timesMonolith, minRequests, minSeconds };
}
