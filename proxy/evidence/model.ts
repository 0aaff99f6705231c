import type { InteractionUse } from './contracts/interaction-use.ts';
import type { DescribedAnswers } from './openapi/described-cells.ts';
import type { DescriptionChanges } from './openapi/description-keeper.ts';
import type { DescriptionState } from './openapi/description-watch.ts';

/** What evidence is keyed to: other builds or other comparison rules start anew. */
export interface EvidenceKey {
  readonly migration: string;
  readonly monolithBuild: string;
  readonly serviceBuild: string;
  readonly rulesHash: string;
}

/** Counted pairs of one route under one key. */
export interface RouteEvidence {
  readonly route: string;
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
  /** Of `agreed`: pairs that differ only in noise and in what is expected. */
  readonly excused?: number;
}

export interface OpenSignature {
  readonly signature: string;
  readonly route: string;
  readonly place: string;
  readonly kind: string;
  readonly pairs: number;
  /** Why it is open though it was judged, or was noise. */
  readonly note?: string;
}

/** What came of a signature that was judged a bug. */
export interface BugFinding {
  readonly signature: string;
  readonly route: string;
  readonly place: string;
  readonly kind: string;
  readonly owner: string;
  readonly reason: string;
  /** Build of the service in which it was judged. */
  readonly build: string;
  /**
   * `same-build`: that one still runs; `shown`: another one runs and shows it, too; `unproven`: another one has not
   * shown it yet, in too few pairs of the route; `repaired`: in enough of them.
   */
  readonly state: 'same-build' | 'shown' | 'unproven' | 'repaired';
  /** Pairs that show it under the present builds and rules, and pairs of its route. */
  readonly pairs: number;
  readonly routePairs: number;
  /** Pairs of the route without it from which on it counts as repaired. */
  readonly cleanPairsAsked: number;
}

export interface Judgements {
  readonly bugs: readonly BugFinding[];
  readonly expected: readonly {
    readonly signature: string;
    readonly route: string;
    readonly place: string;
    readonly owner: string;
    readonly until: string;
    readonly pairs: number;
  }[];
  readonly noise: readonly {
    readonly signature: string;
    readonly route: string;
    readonly place: string;
    readonly pairs: number;
    readonly by: 'verdict' | 'measured';
  }[];
}

export type CoverageDimension = 'method' | 'status' | 'type' | 'role' | 'query' | 'use';

/** Pairs of a route with one method, status class, media type, role or shape of query. */
export interface CoverageCount {
  readonly route: string;
  readonly dimension: CoverageDimension;
  readonly value: string;
  readonly compared: number;
  readonly incomparable: number;
}

/** Answers that clients got on a route since this process started, by hundreds of the status: `[0, 0, 17, 0, 3, 0]`. */
export type ClientAnswers = ReadonlyMap<string, readonly number[]>;

export interface ContractEvidence {
  readonly side: 'monolith' | 'service';
  readonly consumer: string;
  readonly build: string;
  readonly pactHash: string;
  readonly outcome: 'passed' | 'failed';
  /** Method and path of every interaction that was verified, e.g. `POST /api/products`. */
  readonly interactions: readonly string[];
  readonly at: string;
  /** What is kept of why it failed; absent when it passed, or where an older Ficus verified it. */
  readonly failures?: readonly KeptFailure[];
}

export interface KeptFailure {
  /** `POST /api/products`, or the interaction's description. */
  readonly interaction: string;
  /** A line each for what was expected and what came. */
  readonly text: string;
}

/** What a gate wants to know of a pact. */
export interface KnownPact {
  readonly consumer: string;
  readonly pactHash: string;
  /** Not being kept holds nothing. Absent: it binds. */
  readonly pending?: boolean;
  /** It asks for messages only, which the monolith is not asked for. */
  readonly messagesOnly?: boolean;
  /** What it asks for by HTTP. */
  readonly interactions?: readonly { readonly description: string; readonly use: InteractionUse }[];
}

/** What is known of the service's description. */
export interface OpenApiFacts {
  readonly state: DescriptionState;
  /** Under that description, by route and side. */
  readonly described: readonly DescribedAnswers[];
  /** Undefined while it is not known. */
  readonly changes: DescriptionChanges | undefined;
}

/** Pairs in which one side alone failed, or both did. */
export interface FailedPairs {
  readonly service: number;
  readonly monolith: number;
  readonly both: number;
}

export interface ServedLately {
  readonly monolith: { readonly requests: number; readonly errors: number };
  readonly service: { readonly requests: number; readonly errors: number };
}

/** Everything a gate reads, gathered before it decides. */
export interface GateFacts {
  readonly key: EvidenceKey;
  readonly routes: readonly RouteEvidence[];
  readonly unjudged: readonly OpenSignature[];
  readonly judgements: Judgements;
  /** False until what people decided was read: what looks unjudged may not be. */
  readonly verdictsKnown: boolean;
  readonly coverage: readonly CoverageCount[];
  readonly clientAnswers: ClientAnswers;
  readonly contracts: readonly ContractEvidence[];
  /** Those that are there now. */
  readonly pacts: readonly KnownPact[];
  /** Why it is not known which pacts there are, where it is not. */
  readonly pactsUnknown?: string;
  /** Pairs by latency bucket (telemetry/latency.ts) of each side. */
  readonly latency: { readonly monolith: readonly number[]; readonly service: readonly number[] };
  /** Pairs by which side failed in them (500 and above, or no whole answer), of the routes of now. */
  readonly failedPairs: FailedPairs;
  /** What clients were answered in the last minute, by each side of the migration. */
  readonly served: ServedLately;
  readonly openapi: OpenApiFacts;
  /** False when the service did not announce itself or answer its probe. */
  readonly serviceReachable: boolean;
  /** False when Postgres is away and the facts are the last known ones, or none. */
  readonly storeAvailable: boolean;
}

/** `met`: speaks for the step; `waiting`: too little is known yet; `refused`: what is known speaks against it. */
export type ReasonState = 'met' | 'waiting' | 'refused';

export interface GateReason {
  readonly rule:
    | 'pairs'
    | 'agreement'
    | 'unjudged'
    | 'verdicts'
    | 'noise'
    | 'coverage'
    | 'contracts'
    | 'unproven'
    | 'latency'
    | 'errors'
    | 'openapi'
    | 'build'
    | 'store'
    | 'guard';
  readonly state: ReasonState;
  readonly route?: string;
  /** Met, but to be looked at: where it held the gate, it would not be. */
  readonly isWarning?: true;
  /** A sentence with numbers and with what would change it. */
  readonly text: string;
}

export interface GateReport {
  readonly migration: string;
  /** `open` when every reason is met; `refused` when any is; else `waiting`. */
  readonly state: 'open' | 'waiting' | 'refused';
  readonly key: EvidenceKey;
  readonly reasons: readonly GateReason[];
  readonly coverage: readonly CoverageCount[];
}
