import { pino } from 'pino';
import { type DataPlane, startDataPlane } from '../../../proxy/data-plane/data-plane.ts';
import type { LoadShedding } from '../../../proxy/data-plane/load-shedding.ts';
import type { ControlSnapshot } from '../../../proxy/data-plane/snapshot.ts';
import { serveFlag, shadowFlag } from '../../../proxy/flags/flag-names.ts';
import { shareStrategy } from '../../../proxy/flags/share.ts';
import type { Migration, Route, Upstream } from '../../../proxy/routing/model.ts';
import type { Pair } from '../../../proxy/shadow/pair.ts';
import type { RecordedExchange } from '../../../proxy/shadow/recorded-exchange.ts';
import type { SamePair } from '../../../proxy/shadow/same-pair.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { sampleMigration, sampleModel, sampleUpstream } from '../routing/sample-routing.ts';

/** Who asks and allows what in the migration `catalog`. */
export interface Shares {
  /** Percent of users that the flag asks the service to answer. */
  readonly serve: number;
  /** Percent that the evidence allows. */
  readonly cap: number;
  /** Percent of requests that the flag asks to copy. */
  readonly shadow: number;
}

export interface TestEstateOptions {
  readonly monolith: number;
  readonly service: number;
  readonly shares: Partial<Shares>;
  readonly routes?: readonly (string | Route)[];
  readonly migration?: Partial<Migration>;
  readonly serviceUpstream?: Partial<Upstream>;
  readonly monolithUpstream?: Partial<Upstream>;
  readonly canDryRun?: boolean;
  /** What the comparer does with a pair. */
  readonly deliverPair?: (pair: Pair) => boolean;
  /** Without it every pair is delivered whole. */
  readonly deliverSame?: (same: SamePair) => boolean;
  readonly deliverRecorded?: (exchange: RecordedExchange) => boolean;
  /** Percent. */
  readonly recording?: number;
  readonly shedding?: LoadShedding;
  readonly cookieKey?: string;
  readonly onServiceFailing?: (migration: string) => void;
}

/** A whole data plane with flags, caps and copies; `catalog` is its one migration. */
export interface TestEstate extends AsyncDisposable {
  readonly port: number;
  readonly plane: DataPlane;
  readonly pairs: Pair[];
  apply(shares: Partial<Shares>): void;
  /** Resolves when that many pairs have been delivered since the start. */
  pairCount(count: number): Promise<void>;
}

export async function startTestEstate(options: TestEstateOptions): Promise<TestEstate> {
  const pairs: Pair[] = [];
  const waiting = new Set<() => void>();
  const plane = await startDataPlane(
    {
      host: '127.0.0.1',
      port: 0,
      debugHeaders: true,
      log: pino({ level: 'silent' }),
      clock: systemClock,
      deliverPair(pair) {
        pairs.push(pair);
        for (const check of [...waiting]) check();
        return options.deliverPair?.(pair) ?? true;
      },
      ...(options.deliverSame && { deliverSame: options.deliverSame }),
      ...(options.deliverRecorded && { deliverRecorded: options.deliverRecorded }),
      ...(options.shedding && { shedding: options.shedding }),
      ...(options.onServiceFailing && { onServiceFailing: options.onServiceFailing }),
    },
    snapshotOf(options, options.shares),
  );
  return {
    port: plane.port,
    plane,
    pairs,
    apply: (shares) => plane.apply(snapshotOf(options, shares)),
    pairCount(count) {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${pairs.length} pairs, not ${count}`)), 5000);
        const check = (): void => {
          if (pairs.length < count) return;
          clearTimeout(late);
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
    [Symbol.asyncDispose]: () => plane.close(0),
  };
}

/** What the control plane would tell a worker. */
export function snapshotOf(options: TestEstateOptions, shares: Partial<Shares>): ControlSnapshot {
  const { serve = 0, cap = 0, shadow = 0 } = shares;
  const migration = sampleMigration('catalog', options.routes ?? ['GET /a'], options.migration);
  const feature = (name: string, which: 'serve' | 'shadow', percent: number) => ({
    name,
    enabled: percent > 0,
    type: 'release',
    project: 'default',
    stale: false,
    impressionData: false,
    strategies: [shareStrategy('catalog', which, percent)],
    variants: [],
  });
  return {
    revision: 1,
    routing: sampleModel(
      sampleUpstream('monolith', options.monolith, options.monolithUpstream),
      [sampleUpstream('catalog', options.service, options.serviceUpstream)],
      [migration],
    ),
    features: {
      version: 2,
      features: [
        feature(serveFlag('catalog'), 'serve', serve),
        feature(shadowFlag('catalog'), 'shadow', shadow),
      ],
      segments: [],
    },
    caps: { catalog: cap },
    recording: { catalog: options.recording ?? 0 },
    cookieKey: options.cookieKey,
    dryRunMigrations: options.canDryRun ? ['catalog'] : [],
  };
}
