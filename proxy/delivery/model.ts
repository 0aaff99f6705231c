import type { GateReport } from '../evidence/model.ts';
import type { DrillResult } from './guard/drill.ts';
import type { Latch } from './guard/latch.ts';
import type { Override, OverrideOrder } from './override.ts';
import type { ApprovalState } from './ramp/approvals.ts';
import type { Ramp, Word } from './ramp/detail.ts';

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

export interface PairCounts {
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
  /** Lower 95 % Wilson bound, 0 to 1; absent without pairs. */
  readonly agreementAtLeast?: number;
}

/** A way from one share to another that is gone step by step. */
export interface RampStatus extends Ramp {
  /** Percent that it has reached, and where it goes next. */
  readonly step: number;
  readonly next?: number;
  /** What the present step must have seen before it is left, and what it has; absent at 0 %. */
  readonly hold?: RampHold;
  /** Those that steps ahead want. */
  readonly approvals: readonly ApprovalState[];
  /** One sentence each; empty when the next step is about to be taken. */
  readonly waitsFor: readonly string[];
}

export interface RampHold {
  readonly heldSeconds: number;
  readonly holdSeconds: number;
  readonly requests: number;
  readonly minRequests: number;
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
  readonly pairs: PairCounts;
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
  /** The last time that the way back was measured. */
  readonly lastDrill?: DrillResult;
  /** One sentence each: why the share is not larger. Empty when nothing holds it. */
  readonly holds: readonly string[];
  /** One sentence each: what holds nothing back and is to be looked at, such as a rule that is of no use. */
  readonly warnings?: readonly string[];
  /** While a share is allowed whatever the gate says. */
  readonly override?: OverrideTold;
  /** Absent while none is under way. */
  readonly ramp?: RampStatus;
  /** Steps forward wait until somebody resumes. */
  readonly pause?: Word;
  /** In phase `service`: pairs that the monolith answered as candidate over the last days. */
  readonly drift?: PairCounts & { readonly days: number };
  readonly retired?: Word;
  /** Increases with every move; for later `If-Match`. */
  readonly revision: number;
}

/** What is allowed past the gate, as status and gate tell it. */
export type OverrideTold = Omit<Override, 'before'>;

export interface Actor {
  /** Who asks, e.g. `cli:root`, `api`, `gate`. */
  readonly name: string;
}

/** What a move tells besides its status. */
export interface MoveDetails {
  /** What can be deleted now, by kind. */
  readonly deletable?: Deletable;
}

export interface Deletable {
  readonly flags: readonly string[];
  /** Paths within routes.yaml. */
  readonly settings: readonly string[];
  /** Method and path of each. */
  readonly monolithHandlers: readonly string[];
}

/** `not_now`: as things stand the move makes no sense, such as to resume what is not paused. */
export type MoveRefusal =
  | 'latched'
  | 'gate_refused'
  | 'not_next_step'
  | 'not_now'
  | 'flags_unavailable'
  | 'invalid';

export type MoveResult =
  | ({
      readonly done: true;
      readonly status: MigrationStatus;
      readonly text: string;
      readonly warnings: readonly string[];
    } & MoveDetails)
  | {
      readonly done: false;
      readonly code: MoveRefusal;
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
  /** As that of the status. */
  readonly ramp?: RampStatus;
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
   * To the next step, which must be free now; or to `toPercent` step by step, each when it is free. Refused without
   * changing a flag unless the gate is open, or somebody who may overrides it for a time.
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
  /** No step forward until somebody resumes; what is granted stays. */
  pause(id: string, actor: Actor, reason: string): Promise<MoveResult>;
  resume(id: string, actor: Actor, reason: string): Promise<MoveResult>;
  /** Ends the ramp: back to the share that it began from. */
  abort(id: string, actor: Actor, reason: string): Promise<MoveResult>;
  /** Says yes to the next step that wants somebody to, other than who asked. */
  approve(id: string, actor: Actor, reason: string): Promise<MoveResult>;
  /** The service alone has it; refused until the monolith had no hit for the configured days. */
  retire(id: string, actor: Actor, reason: string): Promise<MoveResult>;
}
