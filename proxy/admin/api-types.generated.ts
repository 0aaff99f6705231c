/** Made of openapi.yaml by `npm run api-types`: change that, not this. */

/**
 * Percent
 */
export type Share = number;
export type Ratio = number;
export type Count = number;
export type Time = string;
export type Sentences = readonly string[];
export type Side = 'monolith' | 'service';
/**
 * Each may what those before it may
 */
export type Role = 'viewer' | 'qa' | 'operator' | 'admin';
export type Phase = 'monolith' | 'shadow' | 'canary' | 'service' | 'retired';
export type ReasonState = 'met' | 'waiting' | 'refused';
export type PactStanding = 'passed' | 'failed' | 'unverified';
export type VerdictWord = 'bug' | 'expected' | 'noise';
export type JudgedBy = 'verdict' | 'measured';
/**
 * For `cursor`: there is more. Absent on the last page
 */
export type NextCursor = string;
/**
 * For the audit; one line, and something in it.
 */
export type Reason = string;
export type GateState = 'open' | 'waiting' | 'refused';
export type Kind = 'missing' | 'extra' | 'type' | 'value' | 'order' | 'length';
/**
 * `noise` and `expected` count as agreement, `bug` refuses the gate, the others are open: nobody judged it, a judgement is over, or what was noise is shown to be none.
 */
export type SignatureState = 'unjudged' | 'expired' | 'returned' | 'bug' | 'expected' | 'noise';
/**
 * Name, value, name, value
 */
export type FlatHeaders = readonly string[];
/**
 * One of `/api/events`
 */
export type ApiEvent =
  | MigrationEvent
  | GuardEvent
  | SignaturesEvent
  | VerdictEvent
  | ConfigEvent
  | KillEvent
  | PartsEvent
  | AuditEvent
  | StreamEvent;
/**
 * One for each point; null where nothing is known, which is not 0
 *
 * @maxItems 720
 */
export type Values = readonly (number | null)[];
/**
 * Which status each goes with is in `x-ficus-status`; a code keeps its meaning
 */
export type ProblemCode =
  | 'invalid_request'
  | 'login_needed'
  | 'login_failed'
  | 'csrf_missing'
  | 'not_allowed'
  | 'locked_out'
  | 'rate_limited'
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
  | 'command_running'
  | 'key_reused'
  | 'revision_conflict'
  | 'revision_needed'
  | 'values_not_kept'
  | 'verdict_conflict'
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

export interface TokenLogin {
  readonly token: string;
}
export interface LoginWays {
  /**
   * False: whoever reaches this may do everything
   */
  readonly needed: boolean;
  /**
   * Whether `/login` leads to a login provider
   */
  readonly provider: boolean;
  /**
   * Whether somebody with a token is let in
   */
  readonly tokens: boolean;
}
/**
 * Who is logged in
 */
export interface SessionInfo {
  readonly name: string;
  readonly role: Role;
  /**
   * For `X-Ficus-Csrf`
   */
  readonly csrf?: string;
}
export interface KillOrder {
  readonly on: boolean;
  readonly reason: Reason;
}
export interface MigrationList {
  readonly migrations: readonly MigrationStatus[];
}
export interface MigrationStatus {
  readonly id: string;
  readonly service: string;
  readonly owner?: string;
  readonly phase: Phase;
  readonly since: Time;
  readonly share: {
    readonly asked: Share;
    readonly allowed: Share;
    readonly effective: Share;
  };
  readonly shadowShare: Share;
  readonly pairs: PairCounts;
  readonly ramp?: Ramp;
  readonly pause?: Word;
  readonly retired?: Word;
  /**
   * In phase `service`, pairs that the monolith answered as candidate over the last days
   */
  readonly drift?: PairCounts & {
    readonly days: Count;
  };
  readonly override?: Override;
  readonly builds: Builds;
  readonly traffic: {
    readonly monolith: SideTraffic;
    readonly service: SideTraffic;
    readonly fallbacks: Count;
    readonly shadowDropped: {
      readonly [k: string]: Count;
    };
  };
  readonly gate: GateState;
  readonly latch?: Latch;
  readonly lastDrill?: DrillResult;
  readonly holds: Sentences;
  readonly warnings?: Sentences;
  readonly revision: number;
}
export interface PairCounts {
  readonly agreed: Count;
  readonly differed: Count;
  readonly incomparable: Count;
  readonly agreementAtLeast?: Ratio;
}
/**
 * A way from one share to another that is gone step by step
 */
export interface Ramp {
  readonly from: Share;
  readonly to: Share;
  readonly step: Share;
  readonly next?: Share;
  readonly since: Time;
  /**
   * `flag` when a flag was raised elsewhere
   */
  readonly by: string;
  readonly reason: string;
  /**
   * What the present step must have seen before it is left, and what it has; absent at 0 %
   */
  readonly hold?: {
    readonly heldSeconds: number;
    readonly holdSeconds: number;
    readonly requests: Count;
    readonly minRequests: Count;
  };
  readonly approvals: readonly {
    readonly before: Share;
    readonly needed: Count;
    readonly given: readonly string[];
  }[];
  readonly waitsFor: Sentences;
}
/**
 * Who said so, when and why
 */
export interface Word {
  readonly since: Time;
  readonly by: string;
  readonly reason: string;
}
/**
 * A share that may be served whatever the gate says, while it lasts
 */
export interface Override {
  readonly share: Share;
  readonly since: Time;
  readonly until: Time;
  readonly actor: string;
  readonly reason: string;
}
export interface Builds {
  readonly monolith: string;
  readonly service: string;
}
export interface SideTraffic {
  readonly requests: Count;
  readonly errors: Count;
  readonly lastMinute: {
    readonly requests: Count;
    readonly errors: Count;
    readonly p50Ms: number;
    readonly p99Ms: number;
  };
}
/**
 * The guard took it back, and holds it until a person clears that
 */
export interface Latch {
  readonly at: string;
  readonly kind: 'errors' | 'unreachable' | 'latency' | 'mismatches';
  readonly reason: string;
  readonly numbers: {
    readonly [k: string]: number;
  };
}
export interface DrillResult {
  readonly at: Time;
  readonly actor: string;
  readonly share: Share;
  readonly wayBackMs: number;
  readonly workers: Count;
  readonly requests: Count;
  readonly failed: Count;
}
export interface ShadowOrder {
  readonly share: number;
  readonly reason?: Reason;
}
export interface PromoteOrder {
  readonly to?: number;
  readonly reason?: Reason;
  /**
   * Whatever the gate says, for a time; needs a reason
   */
  readonly override?: {
    readonly forSeconds?: number;
  };
}
export interface ForceOrder {
  readonly side: 'monolith' | 'service';
  readonly minutes: number;
  readonly reason: Reason;
}
export interface ForceGranted {
  readonly header: string;
  readonly value: string;
  readonly until: Time;
}
export interface DrillOrder {
  readonly reason: Reason;
  /**
   * Needed where more than half of the users go to the monolith at once
   */
  readonly yes?: boolean;
}
export interface DrillDone {
  readonly result: DrillResult;
  readonly text: string;
  readonly warnings: Sentences;
}
export interface SignatureList {
  readonly signatures: readonly Signature[];
  readonly nextCursor?: NextCursor;
}
export interface Signature {
  readonly signature: string;
  readonly migration: string;
  readonly route: string;
  readonly place: string;
  readonly kind: Kind;
  readonly serviceBuild: string;
  readonly pairs: Count;
  readonly routePairs: Count;
  readonly firstSeen: Time;
  readonly lastSeen: Time;
  readonly monolith?: string;
  readonly service?: string;
  readonly state: SignatureState;
  readonly by?: JudgedBy;
  readonly trend?: 'new' | 'rising';
  readonly askedTwice: AskedTwice;
  readonly verdict?: Verdict;
}
/**
 * Of pairs whose request the monolith answered twice, those that show it on either side
 */
export interface AskedTwice {
  readonly pairs: Count;
  readonly service: Count;
  readonly monolith: Count;
}
export interface Verdict {
  readonly signature: string;
  readonly migration: string;
  readonly route: string;
  readonly place: string;
  readonly kind: Kind;
  readonly verdict: VerdictWord;
  readonly owner: string;
  readonly reason: string;
  readonly until?: Time;
  readonly at: Time;
  readonly actor: string;
  /**
   * Which one it is
   */
  readonly seq?: number;
  readonly monolithBuild?: string;
  readonly serviceBuild: string;
  readonly rulesHash?: string;
  readonly pairs?: Count;
  readonly routePairs?: Count;
}
export interface SignatureDetail {
  readonly signature: Signature;
  readonly pairs: readonly Pair[];
  readonly nextCursor?: NextCursor;
  readonly verdicts: readonly KeptVerdict[];
}
export interface Pair {
  readonly id: string;
  readonly migration: string;
  readonly monolithBuild?: string;
  readonly serviceBuild?: string;
  readonly route: string;
  readonly at: Time;
  readonly control: Side;
  readonly outcome: 'agreed' | 'differed' | 'incomparable';
  readonly reason?: string;
  readonly differences: readonly {
    readonly place: string;
    readonly pattern: string;
    readonly kind: Kind;
    readonly monolith?: string;
    readonly service?: string;
    readonly signature: string;
  }[];
  readonly monolithMs: number;
  readonly serviceMs: number;
  readonly request?: {
    readonly method: string;
    readonly target: string;
    readonly headers: FlatHeaders;
    readonly body: string;
  };
  readonly monolith?: StoredAnswer;
  readonly service?: StoredAnswer;
  readonly links?: PairLinks;
  /**
   * Which of its redactions can be revealed: `0a1b2c3d` of `‹redacted:0a1b2c3d›`; absent: none
   *
   * @maxItems 32
   */
  readonly revealable?: readonly string[];
}
export interface StoredAnswer {
  readonly status?: number;
  readonly headers: FlatHeaders;
  readonly body: string;
  readonly detail?: string;
}
/**
 * Where a pair leads to
 */
export interface PairLinks {
  /**
   * Absent where the client's own could not be kept
   */
  readonly traceId?: string;
  /**
   * Where the trace is looked at; absent without FICUS_TRACE_URL
   */
  readonly traceUrl?: string;
  readonly monolith?: RequestAddress;
  readonly service?: RequestAddress;
}
/**
 * Where the request goes, by routes.yaml as it is now; redacted as the pair is
 */
export interface RequestAddress {
  readonly url: string;
  readonly unixSocket?: string;
  /**
   * Sent as Host in place of the client's
   */
  readonly host?: string;
}
export interface KeptVerdict {
  readonly signature: string;
  readonly migration: string;
  readonly route: string;
  readonly place: string;
  readonly kind: Kind;
  /**
   * `withdrawn`: the one before it was taken back, and nothing holds
   */
  readonly verdict: 'bug' | 'expected' | 'noise' | 'withdrawn';
  readonly owner: string;
  readonly reason: string;
  readonly until?: Time;
  readonly at: Time;
  readonly actor: string;
  /**
   * Which one it is
   */
  readonly seq: number;
  /**
   * The one that it takes back; it says itself what holds again
   */
  readonly undoes?: number;
  readonly monolithBuild?: string;
  readonly serviceBuild: string;
  readonly rulesHash?: string;
  readonly pairs?: Count;
  readonly routePairs?: Count;
}
export interface VerdictList {
  readonly migration: string;
  readonly verdicts: readonly StandingVerdict[];
}
export interface StandingVerdict {
  readonly signature: string;
  readonly migration: string;
  readonly route: string;
  readonly place: string;
  readonly kind: Kind;
  readonly state: VerdictWord;
  readonly by: JudgedBy;
  readonly owner?: string;
  readonly reason?: string;
  readonly until?: Time;
}
export interface VerdictRequest {
  readonly verdict: VerdictWord;
  readonly reason: Reason;
  /**
   * Default: the migration's
   */
  readonly owner?: string;
  readonly until?: Time;
}
export interface VerdictDone {
  readonly verdict: KeptVerdict;
  readonly text: string;
}
export interface RecordingList {
  readonly recordings: readonly Recording[];
  readonly nextCursor?: NextCursor;
}
export interface Recording {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: Time;
  readonly endedAt?: Time;
  /**
   * Why it ended
   */
  readonly reason?: string;
  readonly migrations: readonly string[];
  readonly share: Share;
  readonly exchanges: Count;
  readonly bytes: Count;
  readonly dropped: {
    readonly [k: string]: Count;
  };
  /**
   * Complete files, each readable by itself
   */
  readonly parts: readonly {
    readonly name: string;
    readonly bytes: Count;
    readonly exchanges: Count;
  }[];
}
export interface RecordOrder {
  /**
   * Absent or empty for all
   *
   * @maxItems 1000
   */
  readonly migrations?: readonly string[];
  /**
   * Percent (100)
   */
  readonly share?: number;
  /**
   * It ends then (3600)
   */
  readonly maxSeconds?: number;
  /**
   * It ends then (1 GiB), as it is on the disk
   */
  readonly maxBytes?: number;
  /**
   * A part ends then (64 MiB)
   */
  readonly maxPartBytes?: number;
  /**
   * gzip
   */
  readonly compression?: 'gzip' | 'zstd' | 'none';
  readonly reason?: Reason;
}
export interface AuditList {
  readonly entries: readonly AuditRow[];
  readonly nextCursor?: NextCursor;
}
export interface AuditRow {
  readonly seq: number;
  readonly at: Time;
  readonly actor: string;
  readonly action: string;
  readonly migration?: string;
  readonly reason: string;
  readonly detail: {
    readonly [k: string]: unknown;
  };
  readonly hash: string;
}
export interface ReasonOrder {
  readonly reason: Reason;
}
/**
 * Its phase, a share, its gate, ramp, pause or override is another one, or it left routes.yaml
 */
export interface MigrationEvent {
  readonly type: 'migration';
  readonly migration: string;
  /**
   * Absent where it left
   */
  readonly now?: {
    readonly phase: Phase;
    readonly share: {
      readonly asked: Share;
      readonly allowed: Share;
      readonly effective: Share;
    };
    readonly shadowShare: Share;
    readonly gate: GateState;
    readonly revision: number;
  };
}
/**
 * The guard took it back, or somebody cleared that
 */
export interface GuardEvent {
  readonly type: 'guard';
  readonly migration: string;
  readonly state: 'tripped' | 'cleared';
  readonly latch?: Latch;
}
/**
 * Signatures are new, or stand otherwise than before; at most every two seconds
 */
export interface SignaturesEvent {
  readonly type: 'signatures';
  readonly migration: string;
  readonly added: Count;
  /**
   * Of those added, at most 20
   *
   * @maxItems 20
   */
  readonly newest: readonly string[];
  readonly changed: Count;
}
export interface VerdictEvent {
  readonly type: 'verdict';
  readonly migration: string;
  readonly signature: string;
  readonly verdict: VerdictWord;
  readonly actor: string;
}
/**
 * Another routes.yaml is in force here or on another replica, or was refused
 */
export interface ConfigEvent {
  readonly type: 'config';
  /**
   * Of what is in force here
   */
  readonly hash: string;
  /**
   * Why a newer one is refused
   *
   * @maxItems 20
   */
  readonly problems: readonly string[];
}
export interface KillEvent {
  readonly type: 'kill';
  readonly on: boolean;
  readonly text: string;
}
/**
 * A part such as Postgres or the flags is away, or is back
 */
export interface PartsEvent {
  readonly type: 'parts';
  readonly ready: boolean;
  /**
   * @maxItems 20
   */
  readonly away: readonly string[];
}
/**
 * A row of the audit, from whatever replica
 */
export interface AuditEvent {
  readonly type: 'audit';
  readonly seq: number;
  readonly at: Time;
  readonly actor: string;
  readonly action: string;
  readonly migration?: string;
  readonly reason: string;
}
/**
 * About the stream itself. `here`: it begins; `reset`: it can't go on where it was; `beat`: nothing happened.
 */
export interface StreamEvent {
  readonly type: 'here' | 'reset' | 'beat';
  readonly at: Time;
}
export interface SideSeries {
  readonly requests: Values;
  readonly errors: Values;
  readonly p50Ms: Values;
  readonly p95Ms: Values;
  readonly p99Ms: Values;
}
export interface Sparkline {
  readonly requests: Values;
  readonly errors: Values;
  readonly p99Ms: Values;
}
/**
 * A moment at which a migration was moved, as the audit has it
 */
export interface SeriesMarker {
  readonly seq: number;
  readonly at: Time;
  readonly action: string;
  readonly actor: string;
  readonly reason: string;
  /**
   * Percent or phase
   */
  readonly from?: number | string;
  /**
   * Percent or phase
   */
  readonly to?: number | string;
}
/**
 * Point `i` is what was counted from `from` plus `i` times `stepSeconds` on
 */
export interface MigrationSeries {
  readonly migration: string;
  readonly from: Time;
  readonly stepSeconds: number;
  readonly points: number;
  /**
   * Percent, as it stood at the end of each step
   */
  readonly share: {
    readonly asked: Values;
    readonly allowed: Values;
    readonly effective: Values;
  };
  readonly monolith: SideSeries;
  readonly service: SideSeries;
  readonly copies: SideSeries;
  /**
   * 0 to 1, of all pairs under the builds and rules of then, judged as the gate does; and their lower 95 % bound
   */
  readonly agreement: {
    readonly ratio: Values;
    readonly atLeast: Values;
  };
  /**
   * Compared in each step, before any verdict
   */
  readonly pairs: {
    readonly agreed: Values;
    readonly differed: Values;
    readonly incomparable: Values;
  };
  /**
   * Copies that were not sent or not compared, by reason
   */
  readonly dropped: {
    readonly [k: string]: Values;
  };
  /**
   * The oldest first; of more than 200 the newest
   *
   * @maxItems 200
   */
  readonly markers: readonly SeriesMarker[];
}
/**
 * Point `i` is what was counted from `from` plus `i` times `stepSeconds` on
 */
export interface EstateSeries {
  readonly from: Time;
  readonly stepSeconds: number;
  readonly points: number;
  /**
   * In routes.yaml, and those of them in phase `service` or `retired`, at the end of each step
   */
  readonly routes: {
    readonly all: Values;
    readonly moved: Values;
  };
  /**
   * Answers to clients, on paths that no migration has as well, and those of them by services
   */
  readonly traffic: {
    readonly all: Values;
    readonly service: Values;
  };
}
export interface Sparklines {
  readonly from: Time;
  readonly stepSeconds: number;
  readonly points: number;
  readonly migrations: readonly {
    readonly id: string;
    readonly monolith: Sparkline;
    readonly service: Sparkline;
  }[];
}
export interface KillStatus {
  readonly on: boolean;
  /**
   * Absent while it is off
   */
  readonly killed?: {
    readonly since: Time;
    readonly by: 'flag' | 'here';
    readonly actor?: string;
    readonly reason?: string;
  };
  readonly text: string;
  readonly warnings: readonly string[];
}
export interface GateAnswer {
  readonly migration: string;
  readonly state: GateState;
  readonly key: {
    readonly migration: string;
    readonly monolithBuild: string;
    readonly serviceBuild: string;
    readonly rulesHash: string;
  };
  readonly reasons: readonly GateReason[];
  /**
   * What pairs have shown, by route
   */
  readonly coverage: readonly CoverageCount[];
  readonly allowed: Share;
  readonly nextStep?: Share;
  readonly override?: Override;
  readonly asked: Share;
  readonly ramp?: Ramp;
  readonly missing: Sentences;
  readonly warnings?: Sentences;
}
export interface GateReason {
  readonly rule: string;
  readonly state: ReasonState;
  readonly route?: string;
  /**
   * Met, but to be looked at
   */
  readonly isWarning?: true;
  readonly text: string;
}
export interface CoverageCount {
  readonly route: string;
  readonly dimension: 'method' | 'status' | 'type' | 'role' | 'query' | 'use';
  readonly value: string;
  readonly compared: Count;
  readonly incomparable: Count;
}
export interface RouteList {
  readonly migration: string;
  readonly routes: readonly RouteReport[];
}
export interface RouteReport {
  readonly route: string;
  readonly shadow: 'compare' | 'never' | 'record' | 'dry-run';
  readonly agreed: Count;
  readonly differed: Count;
  readonly incomparable: Count;
  readonly agreementAtLeast?: Ratio;
  /**
   * Over the last ten minutes
   */
  readonly requestsPerMinute: number;
  readonly lastSeenAt?: Time;
  readonly kinds: Count;
  readonly kindsInPacts: Count;
  /**
   * What pairs have shown of it
   *
   * @maxItems 50
   */
  readonly coverage: readonly {
    readonly dimension: string;
    readonly value: string;
    readonly compared: Count;
    readonly incomparable: Count;
  }[];
}
export interface Affected {
  readonly users: Count;
  readonly requestsPerMinute: number;
}
export interface MovePreview {
  readonly migration: string;
  readonly from: Share;
  readonly to: Share;
  /**
   * How far back it looks; 0 while nothing was asked for
   */
  readonly minutes: number;
  readonly requestsPerMinute: number;
  /**
   * Who would be answered by the other side than now
   */
  readonly changing: {
    readonly users: Count;
    readonly requestsPerMinute: number;
    readonly to: Side;
  };
  readonly stayingAtService: Affected;
  readonly stayingAtMonolith: Affected;
  /**
   * Requests of nobody that `stickBy` recognises
   */
  readonly unknownPerMinute: number;
  /**
   * Whether every user was counted; else there are at least so many
   */
  readonly complete: boolean;
  /**
   * The most asked for first
   *
   * @maxItems 50
   */
  readonly routes: readonly {
    readonly route: string;
    readonly requestsPerMinute: number;
    readonly changingPerMinute: number;
  }[];
  /**
   * Of its canary
   */
  readonly steps: readonly Share[];
  /**
   * Steps on the way that are held
   */
  readonly heldSteps: readonly Share[];
  readonly sentences: Sentences;
}
export interface MoveDone {
  readonly status: MigrationStatus;
  readonly text: string;
  readonly warnings: Sentences;
  readonly deletable?: Deletable;
}
/**
 * What nobody needs any more, after a `retire`
 */
export interface Deletable {
  readonly flags: readonly string[];
  readonly settings: readonly string[];
  readonly monolithHandlers: readonly string[];
}
export interface VerdictsRequest {
  /**
   * @minItems 1
   * @maxItems 200
   */
  readonly signatures: readonly string[];
  readonly verdict: 'bug' | 'expected' | 'noise';
  readonly reason: Reason;
  /**
   * Default: the migration's
   */
  readonly owner?: string;
  readonly until?: Time;
}
export interface VerdictsDone {
  readonly verdicts: readonly KeptVerdict[];
  readonly text: string;
}
export interface UndoRequest {
  /**
   * @minItems 1
   * @maxItems 200
   */
  readonly verdicts: readonly {
    readonly signature: string;
    /**
     * Of the newest verdict on it that was seen
     */
    readonly seq: number;
  }[];
  readonly reason?: Reason;
}
export interface SignatureHours {
  /**
   * @maxItems 5000
   */
  readonly hours: readonly SignatureHour[];
}
/**
 * What one build of the service showed in one hour, of which `hour` is the beginning
 */
export interface SignatureHour {
  readonly hour: Time;
  readonly serviceBuild: string;
  readonly pairs: Count;
  readonly routePairs: Count;
  readonly askedTwice: AskedTwice;
}
export interface RevealOrder {
  /**
   * The hex digits of redactions: `0a1b2c3d` of `‹redacted:0a1b2c3d›`
   *
   * @minItems 1
   * @maxItems 32
   */
  readonly marks: readonly string[];
  readonly reason: Reason;
}
export interface RevealDone {
  readonly pair: string;
  readonly values: readonly RevealedValue[];
  /**
   * Marks whose values are kept nowhere
   */
  readonly notKept: readonly string[];
}
export interface RevealedValue {
  readonly mark: string;
  /**
   * The place of the `redact` rule that hid it
   */
  readonly rule: string;
  readonly value: string;
}
export interface ContractReport {
  readonly migration: string;
  readonly problems: Sentences;
  readonly pacts: readonly PactView[];
  readonly uses: readonly ContractUse[];
  /**
   * Interactions of a kind that no client was seen to ask for
   */
  readonly unused: readonly {
    readonly consumer: string;
    readonly description: string;
    readonly request: string;
  }[];
  /**
   * What came of verifying, of every build that is remembered, newest first
   *
   * @maxItems 100
   */
  readonly results: readonly ContractResultView[];
}
export interface PactView {
  readonly consumer: string;
  readonly from: string;
  readonly pactHash: string;
  readonly pending: boolean;
  readonly interactions: Count;
  readonly service: PactStanding;
  /**
   * `not-asked`: it asks for messages, and the monolith is not asked for any
   */
  readonly monolith: 'passed' | 'failed' | 'unverified' | 'not-asked';
}
export interface ContractUse {
  readonly route: string;
  readonly method: string;
  /**
   * `404`, or `4xx` where only answers are counted
   */
  readonly status: string;
  readonly type: string;
  readonly requestType: string;
  readonly query: string;
  readonly count: Count;
  readonly counted: 'pairs' | 'answers';
  /**
   * Names this kind of request
   */
  readonly use: string;
  readonly coveredBy: readonly {
    readonly consumer: string;
    readonly description: string;
  }[];
}
export interface ContractResultView {
  readonly side: Side;
  readonly consumer: string;
  readonly build: string;
  readonly pactHash: string;
  readonly outcome: 'passed' | 'failed';
  readonly at: Time;
  readonly interactions: Count;
  /**
   * @maxItems 21
   */
  readonly failures: readonly {
    readonly interaction: string;
    readonly text: string;
  }[];
  /**
   * Of the build that runs now and of the pact as it is now
   */
  readonly isNow: boolean;
}
export interface ContractDraft {
  /**
   * A pact file of version 4 of the format
   */
  readonly pact: {
    readonly [k: string]: unknown;
  };
  /**
   * What it wants in the states file
   */
  readonly states: string;
  readonly notes: Sentences;
  readonly pair: string;
  readonly route: string;
}
export interface Verification {
  readonly migration: string;
  readonly problems: Sentences;
  readonly results: readonly ContractResult[];
}
export interface ContractResult {
  /**
   * Path or URL of the pact
   */
  readonly from: string;
  /**
   * Its failing holds nothing
   */
  readonly pending: boolean;
  readonly warnings: Sentences;
  readonly side: Side;
  readonly consumer: string;
  readonly build: string;
  readonly pactHash: string;
  readonly outcome: 'passed' | 'failed';
  readonly interactions: Sentences;
  readonly at: Time;
  readonly failures: readonly {
    readonly interaction: string;
    readonly text: string;
  }[];
}
export interface AuditCheck {
  readonly rows: Count;
  readonly intact: boolean;
  readonly brokenAt?: number;
  readonly problem?: string;
  /**
   * The last row that was known outside of the database, and held against it
   */
  readonly anchor?: {
    readonly seq: number;
    readonly at: Time;
  };
}
export interface ShownProblem {
  /**
   * `routes.yaml:14:9 …`
   */
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly lines: readonly {
    readonly line: number;
    readonly text: string;
  }[];
}
export interface WorkerReport {
  readonly pid: number;
  /**
   * Of its routes.yaml
   */
  readonly hash: string;
}
/**
 * How fresh the flags in force are
 */
export interface FlagsReport {
  readonly source: string;
  /**
   * False while they are last known ones
   */
  readonly up: boolean;
  readonly detail?: string;
  /**
   * How long ago the source was heard
   */
  readonly ageMs?: number;
}
export interface ConfigReport {
  readonly file: string;
  readonly hash: string;
  readonly loadedAt: Time;
  readonly problems: Sentences;
  /**
   * The same problems with the lines around each place
   *
   * @maxItems 50
   */
  readonly refusals: readonly ShownProblem[];
  /**
   * The one that answers
   */
  readonly replica: string;
  readonly workers: readonly WorkerReport[];
  readonly flags: FlagsReport;
  /**
   * Whoever shares the database, this one too, and the configuration each goes by
   */
  readonly replicas?: readonly ReplicaConfig[];
}
export interface ReplicaConfig {
  readonly replica: string;
  readonly hash: string;
  readonly startedAt: Time;
  readonly seenAt: Time;
  readonly workers?: readonly WorkerReport[];
  readonly flags?: FlagsReport;
  /**
   * Problems for which its file as it is now was refused
   */
  readonly refused?: number;
}
export interface Readiness {
  readonly ready: boolean;
  readonly parts: {
    readonly [k: string]: {
      readonly up: boolean;
      readonly detail?: string;
    };
  };
}
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly requestId: string;
  readonly reasons?: Sentences;
}
