import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';
import type { DayRow } from '../../../proxy/delivery/daily-counts.ts';
import { MigrationDelivery } from '../../../proxy/delivery/delivery.ts';
import { MigrationStates, type StateStore } from '../../../proxy/delivery/migration-states.ts';
import type { Lead } from '../../../proxy/delivery/ramp/brakes.ts';
import type { StepAnnouncer } from '../../../proxy/delivery/ramp/step.ts';
import { TrafficHistory } from '../../../proxy/delivery/traffic-history.ts';
import type { GateReason, GateReport } from '../../../proxy/evidence/model.ts';
import { emptyFeatureSet, type FeatureSet } from '../../../proxy/flags/feature-set.ts';
import { flagOf } from '../../../proxy/flags/flag-names.ts';
import type { FlagSource } from '../../../proxy/flags/flag-source.ts';
import { shareStrategy, type Which } from '../../../proxy/flags/share.ts';
import type { Migration } from '../../../proxy/routing/model.ts';
import type { AuditEntry } from '../../../proxy/store/model.ts';

export const alice = { name: 'cli:alice' };
export const bob = { name: 'cli:bob' };

const away = () => Promise.reject(new Error('away'));

/** Delivery as it is, on flags, a gate and a clock in memory that a test turns. */
export class DeliveryStand {
  readonly migration: Migration;
  readonly states: MigrationStates;
  readonly delivery: MigrationDelivery;
  readonly deps: ConstructorParameters<typeof MigrationDelivery>[0];
  readonly audited: AuditEntry[] = [];
  nowMs = Date.parse('2026-11-24T09:00:00Z');
  gateState: GateReport['state'] = 'open';
  reasons: GateReason[] = [];
  serviceBuild = '2';
  lead: Lead = 'here';
  steps: StepAnnouncer = { before: () => undefined, after: () => {} };
  days: DayRow[] = [];
  /** Set: flags can't be written. */
  flagError: Error | undefined;
  flagsKnown = true;
  /** How often workers were told. */
  capsTold = 0;
  #waitedMs = 0;
  #features: FeatureSet = emptyFeatureSet;
  #onFlags: (() => void)[] = [];

  /** `settings`: of the migration `billing`, in YAML's flow style; `store`: what other replicas have, too. */
  constructor(
    settings = 'canary: { steps: [1, 5, 25, 100], holdMinutes: 10, minRequests: 100 }',
    store: StateStore = { load: away, save: away },
  ) {
    const parsed = parseRoutes(
      `{ upstreams: { monolith: { url: http://m }, billing: { url: http://b } }, default: monolith, migrations: {
        billing: { service: billing, stickBy: [header:x-user-id], routes: [GET /api/invoices], ${settings} } } }`,
      { file: 'routes.yaml', baseDir: '/' },
    );
    assert.ok(parsed.ok, JSON.stringify(parsed));
    this.migration = parsed.model.migrations[0]!;
    const log = pino({ level: 'silent' });
    // Never flushed: nothing reads this file.
    const file = path.join(tmpdir(), 'ficus-no-such-folder', 'states.json');
    this.states = new MigrationStates({ file, store, log });
    // What waits for another replica has waited long enough when it looks the second time.
    const clock = { now: () => this.nowMs, monotonic: () => (this.#waitedMs += 2000) };
    this.deps = {
      migrations: () => [this.migration],
      flags: this.#flags(),
      gate: () => ({
        migration: 'billing',
        state: this.gateState,
        key: {
          migration: 'billing',
          monolithBuild: '1',
          serviceBuild: this.serviceBuild,
          rulesHash: this.migration.rulesHash,
        },
        reasons: this.reasons,
        coverage: [],
      }),
      pairs: () => ({ agreed: 0, differed: 0, incomparable: 0 }),
      states: this.states,
      traffic: new TrafficHistory(clock),
      lead: () => this.lead,
      steps: {
        before: (...step) => this.steps.before(...step),
        after: (...step) => this.steps.after(...step),
      },
      countedDays: async () => this.days,
      audit: (entry) => this.audited.push(entry),
      onCapsChanged: () => this.capsTold++,
      clock,
      log,
    };
    this.delivery = new MigrationDelivery(this.deps);
  }

  get status() {
    return this.delivery.status('billing')!;
  }

  /** `[asked, allowed, effective]` in percent. */
  get shares(): [number, number, number] {
    const { asked, allowed, effective } = this.status.share;
    return [asked, allowed, effective];
  }

  get cap(): number {
    return this.delivery.caps()['billing']!;
  }

  get actions(): string[] {
    return this.audited.map(({ action }) => action);
  }

  /** Somebody flips a flag where flags live. */
  flip(percent: number, which: Which = 'serve'): void {
    const name = flagOf('billing', which);
    const strategies = [shareStrategy('billing', which, percent)];
    const others = this.#features.features.filter((feature) => feature.name !== name);
    this.#features = {
      ...this.#features,
      features: [...others, { name, enabled: percent > 0, strategies } as (typeof others)[number]],
    };
    for (const listener of this.#onFlags) listener();
  }

  /** Time and answers that leave a step; then what the timer does. */
  hold(minutes = 10, requests = 100): void {
    this.nowMs += minutes * 60_000;
    this.states.countRequests('billing', requests, new Date(this.nowMs).toISOString());
    this.delivery.reconcile();
  }

  gateSays(state: GateReport['state'], rule: GateReason['rule'] = 'agreement'): void {
    this.gateState = state;
    this.reasons = state === 'open' ? [] : [{ rule, state, text: `${rule} is ${state}.` }];
  }

  #flags(): FlagSource {
    return {
      current: () => this.#features,
      known: () => this.flagsKnown,
      onChange: (listener) => void this.#onFlags.push(listener),
      setShare: async ({ which, percent }) => {
        if (this.flagError) throw this.flagError;
        this.flip(percent, which);
      },
      setKill: async () => {},
      storyOf: async () => ({ own: true }),
      lastRun: () => undefined,
      shareClaims: () => {},
      ageMs: () => undefined,
      health: () => ({ source: 'file', up: true }),
      close: async () => {},
    };
  }
}
