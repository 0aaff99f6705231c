import { latencyBucket, latencyBuckets } from '../telemetry/latency.ts';
import { AskingUsers, type UserSample } from './asking-users.ts';
import type { UpstreamReport } from './upstream-health.ts';

export type AnsweredBy = 'monolith' | 'service';

/** What one side has answered since the last report. Plain data: it travels to the control plane. */
export interface SideCounts {
  requests: number;
  /** Answers of 500 and above, and requests that ended without a whole answer. */
  errors: number;
  latency: number[];
}

export interface MigrationCounts {
  monolith: SideCounts;
  service: SideCounts;
  /** Meant for the service, answered by the monolith because the service could not. */
  fallbacks: number;
  /** Answers to clients by route, then by hundreds of the status: what traffic has shown. */
  statuses: Record<string, number[]>;
}

/** Increments since the last `take`, by migration id; `''` is traffic of no migration. */
export interface TrafficReport {
  readonly migrations: Readonly<Record<string, MigrationCounts>>;
  /** Who asked, of a part of the requests, by migration id. */
  readonly users: Readonly<Record<string, UserSample>>;
  /** Answers that the proxy made itself, by failure code. */
  readonly failures: Readonly<Record<string, number>>;
  readonly shadowDropped: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly upgrades: number;
  /** TLS handshakes of clients that came to nothing. */
  readonly failedHandshakes: number;
  /** Id of the process that counted. */
  readonly worker: number;
  /** By upstream id. */
  readonly upstreams: UpstreamReports;
  /** The same of the connections that shadow copies go by. */
  readonly copyUpstreams: UpstreamReports;
}

type UpstreamReports = Readonly<Record<string, UpstreamReport>>;

/** Counts on the request path: increments only, handed over and reset by `take`. */
export class TrafficCounts {
  readonly users = new AskingUsers();
  #migrations = new Map<string, MigrationCounts>();
  #failures = new Map<string, number>();
  #dropped = new Map<string, Map<string, number>>();
  #upgrades = 0;
  #failedHandshakes = 0;

  answered(migration: string, by: AnsweredBy, isError: boolean, durationMs: number): void {
    const side = this.#of(migration)[by];
    side.requests++;
    if (isError) side.errors++;
    side.latency[latencyBucket(durationMs)]!++;
  }

  /** A client got a whole answer of a route. */
  shown(migration: string, route: string, status: number): void {
    const { statuses } = this.#of(migration);
    let counts = statuses[route];
    if (!counts) {
      counts = [0, 0, 0, 0, 0, 0];
      statuses[route] = counts;
    }
    const hundreds = Math.floor(status / 100);
    if (hundreds < counts.length) counts[hundreds]!++;
  }

  fellBack(migration: string): void {
    this.#of(migration).fallbacks++;
  }

  failed(code: string): void {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
  }

  upgraded(): void {
    this.#upgrades++;
  }

  handshakeFailed(): void {
    this.#failedHandshakes++;
  }

  shadowDropped(migration: string, reason: string, count = 1): void {
    let reasons = this.#dropped.get(migration);
    if (!reasons) {
      reasons = new Map();
      this.#dropped.set(migration, reasons);
    }
    reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }

  take(upstreams: UpstreamReports = {}, copyUpstreams: UpstreamReports = {}): TrafficReport {
    const report: TrafficReport = {
      migrations: Object.fromEntries(this.#migrations),
      users: this.users.take(),
      failures: Object.fromEntries(this.#failures),
      shadowDropped: Object.fromEntries(
        [...this.#dropped].map(([id, reasons]) => [id, Object.fromEntries(reasons)]),
      ),
      upgrades: this.#upgrades,
      failedHandshakes: this.#failedHandshakes,
      worker: process.pid,
      upstreams,
      copyUpstreams,
    };
    this.#migrations = new Map();
    this.#failures = new Map();
    this.#dropped = new Map();
    this.#upgrades = 0;
    this.#failedHandshakes = 0;
    return report;
  }

  #of(migration: string): MigrationCounts {
    let counts = this.#migrations.get(migration);
    if (!counts) {
      counts = { monolith: noCounts(), service: noCounts(), fallbacks: 0, statuses: {} };
      this.#migrations.set(migration, counts);
    }
    return counts;
  }
}

function noCounts(): SideCounts {
  return { requests: 0, errors: 0, latency: new Array<number>(latencyBuckets).fill(0) };
}
