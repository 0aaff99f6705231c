/**
 * What the admin API takes and answers, as types: all that the CLI and the dashboard know of the proxy.
 * `openapi.yaml` says the same to everybody else, and is what is enforced.
 */

import type { DrillResult } from '../delivery/guard/drill.ts';
import type { Deletable, MigrationStatus } from '../delivery/model.ts';
import type { ContractView } from '../evidence/contract-view.ts';
import type { ListedSignature } from '../evidence/list-signatures.ts';
import type { ContractEvidence } from '../evidence/model.ts';
import type { StandingVerdict } from '../evidence/standing-verdicts.ts';
import type { RecordingOrder, RecordingStatus } from '../recording/recording-status.ts';
import type { AuditRow, PairRow, VerdictRow } from '../store/model.ts';
import type { Role } from './login/roles.ts';

export type { ForceGranted } from '../delivery/force-grants.ts';
export type { KillStatus } from '../delivery/kill-control.ts';
export type {
  Deletable,
  GateAnswer,
  MigrationStatus,
  Phase,
  RampStatus,
  SideTraffic,
} from '../delivery/model.ts';
export type { EstateSeries, Sparkline, Sparklines } from '../delivery/series/estate-series.ts';
export type { SeriesMarker } from '../delivery/series/markers.ts';
export type { MigrationSeries, SeriesGrid, SideSeries, Values } from '../delivery/series/migration-series.ts';
export type { ContractUse } from '../evidence/contract-uses.ts';
export type { PactStanding, PactView } from '../evidence/contract-view.ts';
export type { ContractDraft } from '../evidence/draft-contract.ts';
export type { ListedSignature } from '../evidence/list-signatures.ts';
export type { CoverageCount, GateReason, ReasonState } from '../evidence/model.ts';
export type { StandingVerdict } from '../evidence/standing-verdicts.ts';
export type { RecordingStatus } from '../recording/recording-status.ts';
export type { AuditCheck, AuditRow, PairRow, VerdictRow } from '../store/model.ts';
export type { Role };

/** Who is logged in. */
export interface SessionInfo {
  readonly name: string;
  readonly role: Role;
  /** For `X-Ficus-Csrf` with every write of a browser's session; absent elsewhere. */
  readonly csrf?: string;
}

export interface MigrationList {
  readonly migrations: readonly MigrationStatus[];
}

export interface ForceOrder {
  readonly side: 'monolith' | 'service';
  readonly minutes: number;
  readonly reason: string;
}

export interface KillOrder {
  readonly on: boolean;
  readonly reason: string;
}

export interface ShadowOrder {
  /** Percent of requests to copy. */
  readonly share: number;
  readonly reason?: string;
}

export interface PromoteOrder {
  /** Percent; absent: the next step. */
  readonly to?: number;
  readonly reason?: string;
  /** Whatever the gate says, for so long; absent: one hour. Needs a reason. */
  readonly override?: { readonly forSeconds?: number };
}

export interface RollbackOrder {
  readonly reason: string;
}

/** Of `pause`, `resume`, `abort`, `approve` and `retire`. */
export interface ReasonOrder {
  readonly reason: string;
}

export interface ClearGuardOrder {
  readonly reason: string;
}

export interface DrillOrder {
  readonly reason: string;
  /** Needed where more than half of the users go to the monolith at once. */
  readonly yes?: boolean;
}

/** A drill that was carried out, and its share given again. */
export interface DrillDone {
  readonly result: DrillResult;
  readonly text: string;
  readonly warnings: readonly string[];
}

/** A move that was made. One that was not is a `Problem`. */
export interface MoveDone {
  readonly status: MigrationStatus;
  readonly text: string;
  readonly warnings: readonly string[];
  /** After a `retire`. */
  readonly deletable?: Deletable;
}

/** What is absent is as openapi.yaml says. */
export interface RecordOrder extends Partial<RecordingOrder> {
  readonly reason?: string;
}

export interface RecordingList {
  /** Newest first. */
  readonly recordings: readonly RecordingStatus[];
}

export interface SignatureList {
  /** Those that hold the gate first: new ones, then rising ones, then by their share of their route's pairs. */
  readonly signatures: readonly ListedSignature[];
}

export interface SignatureDetail {
  readonly signature: ListedSignature;
  /** Newest first. */
  readonly pairs: readonly PairRow[];
  /** What was decided on it, newest first. */
  readonly verdicts: readonly VerdictRow[];
}

export interface VerdictList {
  readonly migration: string;
  /** In force: decided, or measured to be noise. */
  readonly verdicts: readonly StandingVerdict[];
}

export interface VerdictRequest {
  readonly verdict: VerdictRow['verdict'];
  readonly reason: string;
  /** Absent: the migration's owner. */
  readonly owner?: string;
  /** ISO time; needed for `expected`. */
  readonly until?: string;
}

export interface VerdictDone {
  readonly verdict: VerdictRow;
  readonly text: string;
}

/** One pact verified against the running build of one side. */
export interface ContractResult extends ContractEvidence {
  /** Where the pact is from: a path or a URL. */
  readonly from: string;
  /** Its failing holds nothing. */
  readonly pending: boolean;
  /** What did not fail it, but should be known. */
  readonly warnings: readonly string[];
  /** Empty when passed. */
  readonly failures: readonly {
    /** `POST /api/products`, or the interaction's description. */
    readonly interaction: string;
    /** A line each for what was expected and what came. */
    readonly text: string;
  }[];
}

export interface Verification {
  readonly migration: string;
  readonly problems: readonly string[];
  readonly results: readonly ContractResult[];
}

/** A migration's pacts, and which kinds of requests no pact has. */
export interface ContractReport extends ContractView {
  readonly migration: string;
}

export interface AuditList {
  /** Newest first. */
  readonly entries: readonly AuditRow[];
}

export interface ConfigReport {
  readonly file: string;
  /** Of the configuration that is in force. */
  readonly hash: string;
  /** ISO time since which it is in force. */
  readonly loadedAt: string;
  /** Why the file as it is now was refused, `file:line:column …` each; empty when it is in force. */
  readonly problems: readonly string[];
  /** Every `ficus up` that shares the database, this one too, and the configuration each goes by; absent without the store. */
  readonly replicas?: readonly {
    readonly replica: string;
    readonly hash: string;
    /** ISO time. */
    readonly seenAt: string;
  }[];
}

export interface Readiness {
  readonly ready: boolean;
  /** A part may be down without making the proxy unready: traffic flows without Postgres. */
  readonly parts: Readonly<Record<string, { readonly up: boolean; readonly detail?: string }>>;
}

export type ProblemCode =
  | 'invalid_request'
  | 'login_needed'
  | 'login_failed'
  | 'csrf_missing'
  | 'not_allowed'
  | 'locked_out'
  | 'foreign_origin'
  | 'not_found'
  | 'unknown_migration'
  | 'unknown_signature'
  | 'unknown_pair'
  | 'unknown_recording'
  | 'method_not_allowed'
  | 'latched'
  | 'gate_refused'
  | 'not_next_step'
  | 'not_now'
  | 'revision_conflict'
  | 'revision_needed'
  | 'nothing_to_verify'
  | 'nothing_to_draft'
  | 'verification_running'
  | 'recording_running'
  | 'body_too_large'
  | 'wrong_content_type'
  | 'wrong_host'
  | 'invalid'
  | 'internal'
  | 'flags_unavailable'
  | 'store_unavailable';

/** RFC 9457, `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly requestId: string;
  /** One sentence each, when there are several to name. */
  readonly reasons?: readonly string[];
}
