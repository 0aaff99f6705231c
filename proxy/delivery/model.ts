import type { GateReport } from '../evidence/model.ts';
import type { Latch } from './guard/latch.ts';
import type { Override, OverrideOrder } from './override.ts';

export type Phase = 'monolith' | 'shadow' | 'canary' | 'service' | 'retired';

/** Counted answers of one side since the proxy started and over the last minute. */
export interface SideTraffic {
  readonly requests: number;
  /** Answers of 500 and above, and requests that got no answer. */
  readonly errors: number;
  readonly lastMinute: {
    readonly requests: number;
    readonly errors: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
  };
}

export interface MigrationStatus {
  readonly id: string;
  readonly service: string;
  readonly owner?: string;
  readonly phase: Phase;
  /** ISO time at which the phase was entered. */
  readonly since: string;
  /** Percent. */
  readonly share: { readonly asked: number; readonly allowed: number; readonly effective: number };
  /** Percent of requests copied. */
  readonly shadowShare: number;
  readonly pairs: {
    readonly agreed: number;
    readonly differed: number;
    readonly incomparable: number;
    /** Lower 95 % Wilson bound, 0 to 1; absent without pairs. */
    readonly agreementAtLeast?: number;
  };
  readonly builds: { readonly monolith: string; readonly service: string };
  readonly traffic: {
    readonly monolith: SideTraffic;
    readonly service: SideTraffic;
    /** Requests meant for the service that the monolith answered because the service could not. */
    readonly fallbacks: number;
    /** Copies not sent or not compared, by reason. */
    readonly shadowDropped: Readonly<Record<string, number>>;
  };
  readonly gate: GateReport['state'];
  /** The guard took it back, and holds it until a person clears that. */
  readonly latch?: Latch;
  /** One sentence each: why the share is not larger. Empty when nothing holds it. */
  readonly holds: readonly string[];
  /** One sentence each: what holds nothing back and is to be looked at, such as a rule that is of no use. */
  readonly warnings?: readonly string[];
  /** While a share is allowed whatever the gate says. */
  readonly override?: OverrideTold;
  /** Increases with every move; for later `If-Match`. */
  readonly revision: number;
}

/** What is allowed past the gate, as status and gate tell it. */
export type OverrideTold = Omit<Override, 'before'>;

export interface Actor {
  /** Who asks, e.g. `cli:root`, `api`, `gate`. */
  readonly name: string;
}

export type MoveResult =
  | {
      readonly done: true;
      readonly status: MigrationStatus;
      readonly text: string;
      readonly warnings: readonly string[];
    }
  | {
      readonly done: false;
      readonly code: 'latched' | 'gate_refused' | 'not_next_step' | 'flags_unavailable' | 'invalid';
      readonly reasons: readonly string[];
    };

export interface GateAnswer extends GateReport {
  /** Percent now allowed, the next step's percent (absent at the end), and what is asked. */
  readonly allowed: number;
  readonly nextStep?: number;
  readonly asked: number;
  /** What is still missing, one sentence each; empty when open. */
  readonly missing: readonly string[];
  /** While a share is allowed whatever the gate says. */
  readonly override?: OverrideTold;
  /** As those of the status. */
  readonly warnings?: readonly string[];
}

/** What moves migrations; the admin plane calls it, nothing else does. */
export interface Delivery {
  list(): readonly MigrationStatus[];
  status(id: string): MigrationStatus | undefined;
  gate(id: string): GateAnswer | undefined;
  shadow(id: string, sharePercent: number, actor: Actor, reason: string): Promise<MoveResult>;
  /**
   * To the next step, or `toPercent`; refused without changing a flag unless the gate allows it, or somebody who may
   * overrides it for a time.
   */
  promote(
    id: string,
    toPercent: number | undefined,
    actor: Actor,
    reason: string,
    override?: OverrideOrder,
  ): Promise<MoveResult>;
  /** Never refused, never waits for the store. */
  rollback(id: string, actor: Actor, reason: string): Promise<MoveResult>;
  /** Lets a migration that the guard took back be promoted again. */
  clearGuard(id: string, actor: Actor, reason: string): Promise<MoveResult>;
}
