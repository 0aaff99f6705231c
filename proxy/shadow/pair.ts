/** One request with the answers of both sides, as it travels from a data-plane worker to the comparer. */
export interface Pair {
  /** UUID of our own; both upstreams saw it as X-Request-Id unless the client sent one. */
  readonly id: string;
  readonly migration: string;
  /** Route id, e.g. `GET /api/products/{productId}`. */
  readonly route: string;
  /** ISO time at which the control's answer ended. */
  readonly at: string;
  /** Which side the client's answer came from; the other one got the copy. */
  readonly control: Side;
  readonly request: CapturedRequest;
  readonly monolith: Answer;
  readonly service: Answer;
  /** What the monolith answered when it was asked the same once more: tells its noise from differences. */
  readonly monolithAgain?: Answer;
}

export type Side = 'monolith' | 'service';

export interface CapturedRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  /** Flat name, value list as it was received. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** A whole answer, or why there is none to compare. */
export type Answer = CompleteAnswer | HashedAnswer | FailedAnswer;

export interface CompleteAnswer {
  readonly outcome: 'complete';
  readonly status: number;
  /** Flat name, value list as it was received. */
  readonly headers: readonly string[];
  /** As transferred: still compressed when the upstream compressed it. */
  readonly body: Uint8Array;
  /** From sending the request to the end of the answer. */
  readonly durationMs: number;
}

/** An answer whose body was too large to keep: hashed while it streamed by. */
export interface HashedAnswer {
  readonly outcome: 'hashed';
  readonly status: number;
  readonly headers: readonly string[];
  /** Of the body as transferred, hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Why it was not kept, for people: `over 1048576 bytes`. */
  readonly detail: string;
  readonly durationMs: number;
}

export interface FailedAnswer {
  readonly outcome: 'too-large' | 'timed-out' | 'failed';
  /** What went wrong, for people: `connect ECONNREFUSED`, `over 1048576 bytes`. */
  readonly detail: string;
  readonly durationMs: number;
}

export type DifferenceKind = 'missing' | 'extra' | 'type' | 'value' | 'order' | 'length';

/** One place where the two answers disagree. `missing`: the service lacks what the monolith has. */
export interface Difference {
  /** Exact place: `status`, `header:etag`, `body:/items/3/price`. */
  readonly place: string;
  /** The place with array indexes as `*`: part of the signature. */
  readonly pattern: string;
  readonly kind: DifferenceKind;
  /** Redacted, shortened texts of the two sides; absent where a side has nothing there. */
  readonly monolith?: string;
  readonly service?: string;
  /** Hex, stable: hash of migration, route, pattern and kind. */
  readonly signature: string;
}

/** What a pair shows of its route besides its outcome, each a short text that is safe to keep and to show. */
export interface PairCoverage {
  readonly method: string;
  /** Of the monolith's answer: `2xx` … `5xx`; `none` where it gave none. */
  readonly status: string;
  /** Media type of the monolith's answer without parameters, or `none`. */
  readonly type: string;
  /** Names of the query's parameters, sorted, each once: `page,size`; `none` without a query. */
  readonly query: string;
  /**
   * All that a contract speaks of in one: method, status, type, query and the request's media type, with spaces
   * in between: `GET 404 application/json none none`.
   */
  readonly use: string;
  /** Absent where no role is configured; `none` where the client has none. */
  readonly role?: string;
}

/** What `redact` rules hid in a pair, sealed with a key that is named. */
export interface SealedPart {
  readonly keyId: string;
  /** Which redactions of the pair it opens: `0a1b2c3d` of `‹redacted:0a1b2c3d›`. */
  readonly marks: readonly string[];
  readonly sealed: Uint8Array;
}

/** What comparing makes of a pair. `incomparable` is its own outcome, never an agreement. */
export interface ComparedPair {
  readonly id: string;
  readonly migration: string;
  readonly route: string;
  readonly at: string;
  readonly control: Side;
  readonly outcome: 'agreed' | 'differed' | 'incomparable';
  /** Set when incomparable: `service timed-out: over 1000 ms`. */
  readonly reason?: string;
  readonly differences: readonly Difference[];
  /** The monolith's two answers compared by the same rules, when it was asked twice. */
  readonly again?: {
    readonly outcome: 'agreed' | 'differed' | 'incomparable';
    readonly differences: readonly Difference[];
  };
  readonly coverage?: PairCoverage;
  /** What of each side's answer does not fit the service's description; a side that was not held against it is absent. */
  readonly described?: {
    /** Of the description. */
    readonly hash: string;
    readonly monolith?: readonly string[];
    readonly service?: readonly string[];
  };
  /** Which side failed: answered 500 and above, or gave no whole answer in time. Absent: neither. */
  readonly failed?: Side | 'both';
  readonly monolithMs: number;
  readonly serviceMs: number;
  /** Redacted; what QA looks at. Absent for agreed pairs, of which only the count is kept. */
  readonly request?: {
    readonly method: string;
    readonly target: string;
    readonly headers: readonly string[];
    readonly body: string;
  };
  readonly monolith?: StoredAnswer;
  readonly service?: StoredAnswer;
  /** Only where it is kept at all; it goes to the store and nowhere else. */
  readonly sealed?: SealedPart;
}

/** A redacted answer: `body` is text, or a note such as `<binary, 512 bytes, sha256 …>`. */
export interface StoredAnswer {
  readonly status?: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly detail?: string;
}
