import type { Clock } from '../telemetry/clock.ts';
import { addLatencies, latencyPercentile } from '../telemetry/latency.ts';
import type { SideTraffic } from './model.ts';

/** Increments of one side, as the data plane reports them. */
export interface SideIncrement {
  readonly requests: number;
  readonly errors: number;
  readonly latency: readonly number[];
}

export interface MigrationIncrement {
  readonly monolith: SideIncrement;
  readonly service: SideIncrement;
  readonly fallbacks: number;
  /** Answers to clients by route, then by hundreds of the status. */
  readonly statuses?: Readonly<Record<string, readonly number[]>>;
}

const WINDOW_MS = 60_000;

interface Slice {
  readonly at: number;
  readonly increment: SideIncrement;
}

/** Adds up what one side answered, with the last minute apart. */
class SideHistory {
  requests = 0;
  errors = 0;
  #slices: Slice[] = [];

  add(increment: SideIncrement, at: number): void {
    this.requests += increment.requests;
    this.errors += increment.errors;
    if (increment.requests > 0) this.#slices.push({ at, increment });
    this.#forget(at);
  }

  read(now: number): SideTraffic {
    this.#forget(now);
    let latency: readonly number[] = [];
    let requests = 0;
    let errors = 0;
    for (const { increment } of this.#slices) {
      requests += increment.requests;
      errors += increment.errors;
      latency = addLatencies(latency, increment.latency);
    }
    const p50Ms = latencyPercentile(latency, 0.5);
    const p99Ms = latencyPercentile(latency, 0.99);
    return { requests: this.requests, errors: this.errors, lastMinute: { requests, errors, p50Ms, p99Ms } };
  }

  /** The last minute without its latencies: cheap enough to be asked all the time. */
  lately(now: number): { requests: number; errors: number } {
    this.#forget(now);
    let [requests, errors] = [0, 0];
    for (const { increment } of this.#slices) {
      requests += increment.requests;
      errors += increment.errors;
    }
    return { requests, errors };
  }

  #forget(now: number): void {
    const keep = this.#slices.findIndex((slice) => slice.at > now - WINDOW_MS);
    if (keep !== 0) this.#slices.splice(0, keep < 0 ? this.#slices.length : keep);
  }
}

/** What the data plane has counted since this process started, by migration; `''` is no migration's. */
export class TrafficHistory {
  readonly #clock: Clock;
  readonly #migrations = new Map<
    string,
    { monolith: SideHistory; service: SideHistory; fallbacks: number }
  >();
  readonly #dropped = new Map<string, Map<string, number>>();
  readonly #statuses = new Map<string, Map<string, number[]>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(migration: string, increment: MigrationIncrement): void {
    const now = this.#clock.monotonic();
    const history = this.#of(migration);
    history.monolith.add(increment.monolith, now);
    history.service.add(increment.service, now);
    history.fallbacks += increment.fallbacks;
    const answers = this.#statuses.get(migration) ?? new Map<string, number[]>();
    this.#statuses.set(migration, answers);
    for (const [route, counts] of Object.entries(increment.statuses ?? {})) {
      const before = answers.get(route) ?? [];
      answers.set(
        route,
        counts.map((count, hundreds) => count + (before[hundreds] ?? 0)),
      );
    }
  }

  /** Answers that clients got, by route, then by hundreds of the status. */
  clientAnswers(migration: string): ReadonlyMap<string, readonly number[]> {
    return this.#statuses.get(migration) ?? new Map();
  }

  /** What both sides answered in the last minute. */
  servedLately(migration: string): Record<'monolith' | 'service', { requests: number; errors: number }> {
    const now = this.#clock.monotonic();
    const { monolith, service } = this.#of(migration);
    return { monolith: monolith.lately(now), service: service.lately(now) };
  }

  addDropped(migration: string, reason: string, count: number): void {
    const reasons = this.#dropped.get(migration) ?? new Map<string, number>();
    reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    this.#dropped.set(migration, reasons);
  }

  read(migration: string): {
    monolith: SideTraffic;
    service: SideTraffic;
    fallbacks: number;
    shadowDropped: Record<string, number>;
  } {
    const now = this.#clock.monotonic();
    const history = this.#of(migration);
    return {
      monolith: history.monolith.read(now),
      service: history.service.read(now),
      fallbacks: history.fallbacks,
      shadowDropped: Object.fromEntries(this.#dropped.get(migration) ?? []),
    };
  }

  #of(migration: string) {
    let history = this.#migrations.get(migration);
    if (!history) {
      history = { monolith: new SideHistory(), service: new SideHistory(), fallbacks: 0 };
      this.#migrations.set(migration, history);
    }
    return history;
  }
}
