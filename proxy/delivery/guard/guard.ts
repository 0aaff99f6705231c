import type { Logger } from 'pino';
import type { Migration } from '../../routing/model.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { MigrationIncrement } from '../traffic-history.ts';
import { describeTrip, describeWorkerTrip } from './describe-trip.ts';
import { findBad, longestWindow, type Watch } from './find-bad.ts';
import type { GuardKind, Latch } from './latch.ts';
import { SeenHistory } from './seen-history.ts';
import type { SharedCounts } from './shared-counts.ts';
import { SlowAnswers } from './slow-answers.ts';
import { addSeen, type BothSeen, nothingSeen, type SideSeen } from './window.ts';

export interface GuardDeps {
  readonly migrations: () => readonly Migration[];
  /** Percent that was granted and can be taken back: none of a retired migration. */
  readonly granted: (migration: string) => number;
  /** Percent in force: the smaller of what is asked and what is granted. */
  readonly share: (migration: string) => number;
  /** Takes it back; nothing waits for it, and it must not throw. */
  readonly trip: (migration: string, latch: Latch) => void;
  /** Where replicas add up what they count; without it each goes by its own. */
  readonly shared?: SharedCounts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A service that is started anew answers again within so many seconds; until then others answer for it. */
const RESTART_SECONDS = 10;
/** The longest window that routes.yaml may ask for. */
const LONGEST_WINDOW_SECONDS = 3600;
/** Subject of all that the monolith answers, on whatever path. */
const ELSEWHERE = '*';

const kinds = ['errors', 'unreachable', 'latency', 'mismatches'] as const satisfies readonly GuardKind[];

/** What is watched of one migration. */
interface Watched {
  readonly windowSeconds: number;
  readonly histories: Readonly<Record<GuardKind, SeenHistory>>;
  readonly slow: SlowAnswers;
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
  readonly #elsewhere = new SeenHistory(LONGEST_WINDOW_SECONDS);

  constructor(deps: GuardDeps) {
    this.#deps = deps;
  }

  /** Takes what one worker has counted since its last report. */
  addReport(report: Readonly<Record<string, MigrationIncrement>>): void {
    const second = this.#second();
    let monolith: SideSeen = nothingSeen;
    for (const counts of Object.values(report)) monolith = addSeen(monolith, errorsOf(counts).monolith);
    const elsewhere = { service: nothingSeen, monolith };
    this.#elsewhere.add(second, elsewhere);
    this.#deps.shared?.add(ELSEWHERE, second, elsewhere);
    for (const migration of this.#deps.migrations()) {
      const counts = report[migration.id];
      if (!counts) continue;
      const watched = this.#of(migration, second);
      const slow = watched.slow.count(counts, migration.guard, second);
      const seen = { errors: errorsOf(counts), unreachable: fallbacksOf(counts), latency: slow };
      for (const kind of ['errors', 'unreachable', 'latency'] as const) {
        watched.histories[kind].add(second, seen[kind]);
        if (watched.share > 0) this.#deps.shared?.add(subjectOf(migration.id, kind), second, seen[kind]);
      }
      if (Object.values(seen).some(({ service }) => service.bad > 0)) this.#judge(migration, watched, second);
    }
  }

  /** Takes pairs that were compared: those that differ in what nobody has excused are bad. */
  addPairs(migration: string, pairs: SideSeen): void {
    const found = this.#deps.migrations().find(({ id }) => id === migration);
    if (!found || pairs.requests === 0) return;
    const second = this.#second();
    const watched = this.#of(found, second);
    const seen = { service: pairs, monolith: nothingSeen };
    watched.histories.mismatches.add(second, seen);
    if (watched.share > 0) this.#deps.shared?.add(subjectOf(migration, 'mismatches'), second, seen);
    if (pairs.bad > 0) this.#judge(found, watched, second);
  }

  /**
   * A worker has seen nothing but failures, and asks the monolith by itself since, until what was granted is taken
   * back: whatever the flag asks by now. Where nothing is granted any more, its next snapshot tells it so.
   */
  workerTripped(migration: string, failures: number, withinMs: number): void {
    if (this.#deps.granted(migration) <= 0) return;
    this.#trip(migration, describeWorkerTrip(failures, withinMs, this.#nowIso()));
  }

  /** Gives other replicas what was counted here, takes what they have counted, and judges both. Rejects when nobody is heard. */
  async exchange(): Promise<void> {
    const { shared, migrations } = this.#deps;
    if (!shared) return;
    const second = this.#second();
    const served = migrations().filter((migration) => this.#of(migration, second).share > 0);
    const subjects = served.flatMap(({ id }) => kinds.map((kind) => subjectOf(id, kind)));
    const buckets = await shared.exchange([ELSEWHERE, ...subjects], second);
    const histories = new Map<string, SeenHistory>([[ELSEWHERE, this.#elsewhere]]);
    for (const { id } of served)
      for (const kind of kinds) histories.set(subjectOf(id, kind), this.#watched.get(id)!.histories[kind]);
    for (const { subject, second: at, others } of buckets) histories.get(subject)?.setOthers(at, others);
    for (const migration of served) this.#judge(migration, this.#of(migration, second), this.#second());
  }

  #judge(migration: Migration, { histories, share }: Watched, second: number): void {
    if (share <= 0) return;
    for (const kind of kinds) {
      const bad = findBad(histories[kind], this.#elsewhere, second, watchOf(kind, migration.guard));
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
      const history = () => new SeenHistory(longestWindow(windowSeconds));
      const histories = {
        errors: history(),
        unreachable: history(),
        latency: history(),
        mismatches: history(),
      };
      watched = { windowSeconds, histories, slow: watched?.slow ?? new SlowAnswers(), share };
      this.#watched.set(id, watched);
    }
    if (watched.share !== share) {
      for (const kind of kinds) watched.histories[kind].restart(second);
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

function subjectOf(migration: string, kind: GuardKind): string {
  return `${migration}:${kind}`;
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
  const { timesMonolith, minRequests, windowSeconds } = guard;
  const rates = {
    errors: guard.errorRate,
    unreachable: guard.errorRate,
    latency: guard.slowRate,
    mismatches: guard.mismatchRate,
  } as const satisfies Record<GuardKind, number>;
  return {
    rate: rates[kind],
    timesMonolith,
    minRequests,
    windowSeconds,
    minSeconds: kind === 'unreachable' ? RESTART_SECONDS : 1,
  };
}
