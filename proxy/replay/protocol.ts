/** What `ficus replay` tells the replay, as one JSON argument, and hears from it, as lines of JSON. */

export interface ReplayOrder {
  /** Recordings, HAR files, or folders of them. */
  readonly files: readonly string[];
  /** Undefined: the recorded answers are compared with the service's. */
  readonly monolith?: string;
  readonly service: string;
  /** Routes, rules and redaction; undefined: what the recording says, without rules. */
  readonly config?: string;
  /** Only its exchanges. */
  readonly migration?: string;
  readonly pace: Pace;
  /** Requests under way at once. */
  readonly concurrency: number;
  readonly timeoutMs?: number;
  readonly unsafe: 'skip' | 'dry-run' | 'send';
  /** `Name: value` each, in place of what was recorded; of both sides. */
  readonly headers: readonly string[];
  /** JSON or YAML: `1a2b3c4d: value`, for what was redacted. */
  readonly secretsFile?: string;
  /** redaction.key of the installation that recorded. */
  readonly keyFile?: string;
  /** Percent of the pairs that may differ or be incomparable. */
  readonly maxDifferentPercent: number;
  readonly failOnNewSignature: boolean;
  /** A report of an earlier replay: its signatures are known. */
  readonly knownFile?: string;
  /** What `ficus verdicts ID --json` prints: what is expected or noise there counts as agreement. */
  readonly verdictFiles: readonly string[];
  /** Where the state is kept when it is stopped, and goes on from. */
  readonly stateFile: string;
  readonly resume: boolean;
}

export type Pace =
  | { readonly kind: 'unpaced' }
  | { readonly kind: 'per-second'; readonly rate: number }
  /** `1`: as recorded; `2`: in half the time. */
  | { readonly kind: 'times'; readonly speed: number };

export interface ReplayProgress {
  /** Of `total`: replayed or skipped. */
  readonly done: number;
  readonly total: number;
  readonly different: number;
  readonly elapsedMs: number;
  /** Undefined: too early to tell. */
  readonly leftMs?: number;
}

export interface ReplaySignature {
  readonly signature: string;
  readonly migration: string;
  readonly route: string;
  readonly place: string;
  readonly kind: string;
  readonly pairs: number;
  /** Not among those of the recording or of `--known`, and not judged either. */
  readonly isNew: boolean;
  /** What holds for it; pairs with nothing but what is expected or noise count as agreeing. */
  readonly verdict?: {
    readonly state: 'bug' | 'expected' | 'noise';
    readonly owner?: string | undefined;
    readonly reason?: string | undefined;
    readonly until?: string | undefined;
  };
  /** Texts of both sides in the first pair, redacted, and that pair's request. */
  readonly monolith?: string;
  readonly service?: string;
  readonly exchange: string;
  readonly target: string;
}

export interface ReplayRoute {
  readonly migration: string;
  readonly route: string;
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
}

export interface SideLatency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ReplayReport {
  /** Exchanges in the files, and how far the replay came. */
  readonly exchanges: number;
  readonly done: number;
  readonly pairs: number;
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
  /** Of those that agree: where they differ, the monolith differs from itself, asked again. */
  readonly noise: number;
  /** Of those that agree: they differ only in what is expected or noise by a verdict. */
  readonly excused: number;
  /** Exchanges that were not sent, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The most frequent reasons first. */
  readonly incomparableReasons: readonly { readonly reason: string; readonly pairs: number }[];
  readonly routes: readonly ReplayRoute[];
  /** Ranked by pairs, most first. */
  readonly signatures: readonly ReplaySignature[];
  /** Distinct signatures beyond those that are listed. */
  readonly unlistedSignatures: number;
  /** From the moment a request was due, so that a slow side can't hide behind those that had to wait for it. */
  readonly latency: { readonly monolith?: SideLatency; readonly service: SideLatency };
  /** How long after it was due a request was sent, at most. */
  readonly behindMs: number;
  readonly malformed: number;
  readonly seconds: number;
  readonly stopped: boolean;
  readonly warnings: readonly string[];
  /** Why it is not passed; empty when it is. */
  readonly failures: readonly string[];
}

export type ReplayMessage =
  | ({ readonly event: 'progress' } & ReplayProgress)
  | { readonly event: 'report'; readonly report: ReplayReport }
  /** Nothing was replayed; `usage`: what was asked for can't be. */
  | { readonly event: 'failed'; readonly detail: string };
