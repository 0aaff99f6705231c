import type { Logger } from 'pino';
import type { ForceGrants } from '../delivery/force-grants.ts';
import type { Drill } from '../delivery/guard/drill.ts';
import type { KillControl } from '../delivery/kill-control.ts';
import type { Actor, Delivery } from '../delivery/model.ts';
import type { MoveRevisions } from '../delivery/move-revisions.ts';
import type { MovePreview } from '../delivery/preview/preview-move.ts';
import type { SeriesReads } from '../delivery/series/series-reads.ts';
import type { ContractView } from '../evidence/contract-view.ts';
import type { DraftOrder, DraftResult } from '../evidence/draft-contract.ts';
import type { ListedSignature } from '../evidence/list-signatures.ts';
import type { StandingVerdict } from '../evidence/standing-verdicts.ts';
import type { VerdictOrder } from '../evidence/verdict-order.ts';
import type { UndoneVerdict, UndoOrder } from '../evidence/verdict-undo.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { AuditPage } from '../store/audit.ts';
import type { CommandAnswerStore } from '../store/command-answers.ts';
import type { AuditCheck, AuditRow, KeptVerdict, PairRow } from '../store/model.ts';
import type { PairPlace } from '../store/pairs.ts';
import type { SignatureHour } from '../store/signature-hours.ts';
import type { Clock } from '../telemetry/clock.ts';
import type {
  ConfigReport,
  ContractResult,
  PairRow as LinkedPair,
  Readiness,
  RouteReport,
} from './api-types.ts';
import type { RevealValues } from './reveal-routes.ts';

/** What the admin plane reads from the store. A rejection means that the store is away, unless it is a bug. */
export interface AdminReads {
  /** Of the evidence under the current key, or of another build of the service; what holds the gate first. */
  listSignatures(migration: string, build?: string): Promise<readonly ListedSignature[]>;
  /** Which migration shows it, under whatever builds. */
  migrationOf(signature: string): Promise<string | undefined>;
  /** Newest first. */
  verdicts(migration: string, signature: string): Promise<readonly KeptVerdict[]>;
  /** By hours, oldest first, from an ISO time on, of any build. */
  signatureHours(
    migration: string,
    of: { readonly signature: string; readonly route: string },
    since: string,
  ): Promise<readonly SignatureHour[]>;
  /** What holds for the migration's signatures. */
  standingVerdicts(migration: string): Promise<readonly StandingVerdict[]>;
  /** Newest first, at most `limit`, those behind `after`; of one build of the service when it is named. */
  pairsOfSignature(
    migration: string,
    signature: string,
    limit: number,
    build?: string,
    after?: PairPlace,
  ): Promise<readonly PairRow[]>;
  readonly series: SeriesReads;
  pair(id: string): Promise<PairRow | undefined>;
  /** Of any build, oldest first; the page behind `after`. */
  differingPairs(page: {
    readonly migration: string;
    readonly signature?: string | undefined;
    readonly after?: PairPlace | undefined;
    readonly limit: number;
  }): Promise<readonly PairRow[]>;
  readonly audit: {
    /** Newest first. */
    list(page: AuditPage): Promise<readonly AuditRow[]>;
    verify(): Promise<AuditCheck>;
  };
}

/** `reasons`: why nothing was verified, e.g. that there is no pact file. */
export type VerifyResult =
  | {
      readonly done: true;
      readonly results: readonly ContractResult[];
      /** What kept some pact from being verified, or its result from being published. */
      readonly problems: readonly string[];
    }
  | { readonly done: false; readonly reasons: readonly string[] };

export type JudgeResult =
  | { readonly done: true; readonly verdicts: readonly KeptVerdict[] }
  | { readonly done: false; readonly reasons: readonly string[] };

export type UndoResult =
  | { readonly done: true; readonly undone: readonly UndoneVerdict[] }
  | { readonly done: false; readonly reasons: readonly string[] };

export interface ContractReads {
  /** Of a migration that there is. */
  view(migration: string): ContractView;
  /** Rejects while the store is away. */
  draft(migration: string, order: DraftOrder): Promise<DraftResult>;
}

export interface AdminDeps {
  readonly delivery: Delivery;
  /** Of several forward moves at once one is made. */
  readonly revisions: Pick<MoveRevisions, 'claim'>;
  readonly kill: Pick<KillControl, 'status' | 'set'>;
  readonly force: ForceGrants;
  readonly reads: AdminReads;
  /** Signatures that its present builds show and where each stands, from memory. */
  signaturesOf(migration: string): readonly Pick<ListedSignature, 'signature' | 'state'>[];
  /** What commands were answered with on any replica; undefined where there is no store. */
  readonly commandAnswers?: CommandAnswerStore & { available(): boolean };
  /** All of it but what feeds it and ends it. */
  readonly recorder: Pick<Recorder, 'start' | 'stop' | 'list' | 'status' | 'partFile' | 'keyId'>;
  /** Of what is done here and not by `delivery`. */
  recordAudit(actor: Actor, action: string, reason: string, detail: Readonly<Record<string, unknown>>): void;
  /** Verifies every pact of the migration against both sides and stores the results as evidence. */
  verify(migration: string, actor: Actor): Promise<VerifyResult>;
  readonly contracts: ContractReads;
  /** Decides on signatures, on all of them or none. Rejects while the store is away. */
  judge(migration: string, orders: readonly VerdictOrder[]): Promise<JudgeResult>;
  /** Takes verdicts back, all of them or none. Rejects while the store is away. */
  undoVerdicts(migration: string, order: UndoOrder): Promise<UndoResult>;
  /** Who would be affected if a migration that there is had this share, in percent. */
  preview(migration: string, share: number): MovePreview;
  /** What traffic has shown of each route of a migration that there is. */
  routes(migration: string): readonly RouteReport[];
  /** What rules hid in a pair. */
  readonly reveal: RevealValues;
  /** Pairs with where they lead to, and which of their redactions can be revealed. */
  linked(pairs: readonly PairRow[]): Promise<readonly LinkedPair[]>;
  /** Takes a share back, measures that, and gives it again. */
  readonly drill: Drill;
  config(): ConfigReport;
  readiness(): Readiness;
  /** In the Prometheus text format. */
  metrics(): Promise<string>;
  readonly log: Logger;
  readonly clock: Clock;
}
