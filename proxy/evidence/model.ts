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
}

export interface OpenSignature {
  readonly signature: string;
  readonly route: string;
  readonly place: string;
  readonly kind: string;
  readonly pairs: number;
}

export interface ContractEvidence {
  readonly side: 'monolith' | 'service';
  readonly consumer: string;
  readonly build: string;
  readonly pactHash: string;
  readonly outcome: 'passed' | 'failed';
  /** Method and path of every interaction that was verified, e.g. `POST /api/products`. */
  readonly interactions: readonly string[];
  readonly at: string;
}

/** Everything a gate reads, gathered before it decides. */
export interface GateFacts {
  readonly key: EvidenceKey;
  readonly routes: readonly RouteEvidence[];
  readonly unjudged: readonly OpenSignature[];
  readonly contracts: readonly ContractEvidence[];
  /** Hash of each pact file that is there now, by consumer. */
  readonly pacts: readonly { readonly consumer: string; readonly pactHash: string }[];
  readonly latencyMs: { readonly monolithP99: number; readonly serviceP99: number; readonly pairs: number };
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
    | 'contracts'
    | 'unproven'
    | 'latency'
    | 'build'
    | 'store';
  readonly state: ReasonState;
  readonly route?: string;
  /** A sentence with numbers and with what would change it. */
  readonly text: string;
}

export interface GateReport {
  readonly migration: string;
  /** `open` when every reason is met; `refused` when any is; else `waiting`. */
  readonly state: 'open' | 'waiting' | 'refused';
  readonly key: EvidenceKey;
  readonly reasons: readonly GateReason[];
}
