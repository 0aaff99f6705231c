/**
 * The rows that the store keeps, as its readers see them. Structural on purpose: what `shadow` and
 * `evidence` produce fits these shapes, and the store imports nothing of ours.
 */

export interface EvidenceKeyColumns {
  readonly migration: string;
  readonly monolithBuild: string;
  readonly serviceBuild: string;
  readonly rulesHash: string;
}

/** How the two answers differ at a place. */
export type DifferenceKind = 'missing' | 'extra' | 'type' | 'value' | 'order' | 'length';

export interface SignatureRow {
  readonly signature: string;
  readonly migration: string;
  readonly route: string;
  readonly place: string;
  readonly kind: DifferenceKind;
  readonly serviceBuild: string;
  /** Pairs that showed it under this key, and all pairs of the route under it. */
  readonly pairs: number;
  readonly routePairs: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Texts of both sides in the newest sample. */
  readonly monolith?: string;
  readonly service?: string;
}

export interface PairRow {
  readonly id: string;
  readonly migration: string;
  /** Absent in pairs that an older Ficus stored. */
  readonly monolithBuild?: string;
  readonly serviceBuild?: string;
  readonly route: string;
  readonly at: string;
  readonly control: 'monolith' | 'service';
  readonly outcome: 'differed' | 'incomparable' | 'agreed';
  /** The kind of request that it is a sample of. Not kept with it. */
  readonly use?: string;
  readonly reason?: string;
  readonly differences: readonly {
    readonly place: string;
    readonly pattern: string;
    readonly kind: DifferenceKind;
    readonly monolith?: string;
    readonly service?: string;
    readonly signature: string;
  }[];
  readonly monolithMs: number;
  readonly serviceMs: number;
  readonly request?: {
    readonly method: string;
    readonly target: string;
    readonly headers: readonly string[];
    readonly body: string;
  };
  readonly monolith?: {
    readonly status?: number;
    readonly headers: readonly string[];
    readonly body: string;
    readonly detail?: string;
  };
  readonly service?: {
    readonly status?: number;
    readonly headers: readonly string[];
    readonly body: string;
    readonly detail?: string;
  };
}

/** A pair as it is written: what rules hid in it is kept apart, sealed, and is never read along with it. */
export interface WrittenPair extends PairRow {
  readonly sealed?: SealedRow;
}

export interface SealedRow {
  /** Of the key that opens it. */
  readonly keyId: string;
  /** Which redactions of the pair it opens. */
  readonly marks: readonly string[];
  readonly sealed: Uint8Array;
}

export interface AuditEntry {
  readonly at: string;
  readonly actor: string;
  /** Such as `shadow`, `promote`, `rollback`, `refused`, `verdict`, `config`, `gate-closed`: docs/audit.md has all. */
  readonly action: string;
  readonly migration?: string;
  readonly reason: string;
  /** Plain JSON: from, to, and what else explains the move. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditRow extends AuditEntry {
  readonly seq: number;
  /** SHA-256 hex over the previous row's hash and this row's canonical JSON. */
  readonly hash: string;
}

export interface AuditCheck {
  readonly rows: number;
  readonly intact: boolean;
  /** First row that does not fit, when not intact. */
  readonly brokenAt?: number;
  /** What is wrong there, in a sentence, when not intact. */
  readonly problem?: string;
  /** The last row that was known outside of the database, and held against it. */
  readonly anchor?: { readonly seq: number; readonly at: string };
}

/** The end of the chain as somebody outside of the database knew it. */
export interface AuditAnchor {
  readonly seq: number;
  readonly hash: string;
  /** ISO time at which it was noted. */
  readonly at: string;
}

/** Where a migration stands, as it must survive a restart. The higher revision wins. */
export interface MigrationStateRow {
  readonly migration: string;
  readonly revision: number;
  /** Percent that the evidence has granted so far. */
  readonly granted: number;
  /** Set by a roll back or a closed gate: nothing is granted again before a promote, or a flag that fell to 0. */
  readonly held: boolean;
  /** ISO time at which `granted` was reached, and the service's answers counted since. */
  readonly grantedAt: string;
  readonly requestsSinceGrant: number;
  readonly phase: string;
  readonly phaseSince: string;
  /** What else stands for as long as a move is under way, by subject; who writes it checks what is read. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Counted pairs of one route under one key: as they stand, or what is to be added to them. */
export interface RouteCountsRow extends EvidenceKeyColumns {
  readonly route: string;
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
  /** Pairs whose request the monolith answered twice, where both comparisons could be made. */
  readonly askedTwice: number;
  /** Pairs by latency bucket of each side; what the buckets are is up to the writer. */
  readonly monolithLatency: readonly number[];
  readonly serviceLatency: readonly number[];
}

/** Counted pairs that showed one signature under one key: as they stand, or what is to be added to them. */
export interface SignatureCountsRow extends EvidenceKeyColumns {
  readonly signature: string;
  readonly route: string;
  readonly place: string;
  readonly kind: DifferenceKind;
  /** 0 where only the monolith's own two answers have shown it. */
  readonly pairs: number;
  /** Of the pairs asked twice: shown against the service and by the monolith with itself, or by one of them. */
  readonly twiceBoth: number;
  readonly twiceService: number;
  readonly twiceMonolith: number;
  /** ISO times. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Texts of both sides in the newest sample. */
  readonly monolith?: string;
  readonly service?: string;
}

/** Differing pairs of a route that show exactly these signatures: as they stand, or what is to be added. */
export interface DifferenceSetRow extends EvidenceKeyColumns {
  readonly route: string;
  /** Sorted. */
  readonly signatures: readonly string[];
  readonly pairs: number;
}

/** Pairs of a route with one method, status class, media type, role or shape of query. */
export interface CoverageRow extends EvidenceKeyColumns {
  readonly route: string;
  readonly dimension: string;
  readonly value: string;
  readonly compared: number;
  readonly incomparable: number;
}

export interface EvidenceRows {
  readonly routes: readonly RouteCountsRow[];
  readonly signatures: readonly SignatureCountsRow[];
  readonly sets: readonly DifferenceSetRow[];
  readonly coverage: readonly CoverageRow[];
}

/** What somebody decided on a signature, and what was known when they did. */
export interface VerdictRow extends EvidenceKeyColumns {
  readonly signature: string;
  readonly route: string;
  readonly place: string;
  readonly kind: DifferenceKind;
  readonly verdict: 'bug' | 'expected' | 'noise';
  readonly owner: string;
  readonly reason: string;
  /** ISO time at which it ends. */
  readonly until?: string;
  /** ISO time. */
  readonly at: string;
  readonly actor: string;
  /** Its number among all verdicts; absent until it is kept. */
  readonly seq?: number;
  /** Pairs that showed it under the builds and rules of then, and all pairs of its route. */
  readonly pairs: number;
  readonly routePairs: number;
}

/** As it is kept. Of a verdict in force `seq` says which it is, so that nobody takes back another one by accident. */
export interface KeptVerdict extends Omit<VerdictRow, 'verdict'> {
  readonly seq: number;
  /** `withdrawn`: what stood before it holds no more, and nothing stood before that. */
  readonly verdict: VerdictRow['verdict'] | 'withdrawn';
  /** The verdict that it takes back; what it says itself held before that one. */
  readonly undoes?: number;
}

export interface ContractResultRow {
  readonly side: 'monolith' | 'service';
  readonly consumer: string;
  readonly build: string;
  readonly pactHash: string;
  readonly outcome: 'passed' | 'failed';
  /** Method and path of each, e.g. `POST /api/products`. */
  readonly interactions: readonly string[];
  /** ISO time. */
  readonly at: string;
  readonly failures?: readonly { readonly interaction: string; readonly text: string }[];
}
