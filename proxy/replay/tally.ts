import type { ComparedPair } from '../shadow/pair.ts';
import { latencyBucket, latencyBuckets } from '../telemetry/latency.ts';
import type { ReplayRoute } from './protocol.ts';

/** What became of one exchange. */
export type ReplayOutcome =
  | { readonly kind: 'skipped'; readonly reason: string }
  | {
      readonly kind: 'compared';
      readonly pair: ComparedPair;
      /** It agrees but for what the monolith answers differently from one time to the next. */
      readonly isNoise: boolean;
      readonly target: string;
      /** From the moment it was due; no monolith's when its answer was a recorded one. */
      readonly latencyMs: { readonly monolith?: number; readonly service: number };
      readonly behindMs: number;
    };

export interface TalliedSignature {
  readonly signature: string;
  readonly migration: string;
  readonly route: string;
  readonly place: string;
  readonly kind: string;
  pairs: number;
  readonly monolith?: string;
  readonly service?: string;
  readonly exchange: string;
  readonly target: string;
}

/** Plain data, so that a stopped replay can be written down and gone on with. */
export interface TallyState {
  /** Exchanges from the first one on, without a gap, that are counted below. */
  done: number;
  agreed: number;
  differed: number;
  incomparable: number;
  /** Of those that agree. */
  noise: number;
  /** Of those that agree, because of verdicts. */
  excused: number;
  /** Signatures that count as agreement: a replay that is resumed goes by those that it began with. */
  excusedSignatures: readonly string[] | undefined;
  skipped: Record<string, number>;
  reasons: Record<string, number>;
  routes: Record<string, { -readonly [Key in keyof ReplayRoute]: ReplayRoute[Key] }>;
  signatures: Record<string, TalliedSignature>;
  unlisted: number;
  monolithLatency: number[];
  serviceLatency: number[];
  behindMs: number;
}

/** Distinct signatures and reasons that are kept apart; a build that is wrong everywhere makes no more than this. */
const maxSignatures = 1000;
const maxReasons = 100;

export function emptyTally(): TallyState {
  return {
    done: 0,
    agreed: 0,
    differed: 0,
    incomparable: 0,
    noise: 0,
    excused: 0,
    excusedSignatures: undefined,
    skipped: {},
    reasons: {},
    routes: {},
    signatures: {},
    unlisted: 0,
    monolithLatency: new Array<number>(latencyBuckets).fill(0),
    serviceLatency: new Array<number>(latencyBuckets).fill(0),
    behindMs: 0,
  };
}

/** Counts outcomes in the order of the recording, in whichever order they come: a state never has gaps. */
export class Tally {
  readonly state: TallyState;
  readonly #early = new Map<number, ReplayOutcome>();
  readonly #excused: ReadonlySet<string>;

  /** `excused`: signatures whose differences count as agreement, unless the state has some already. */
  constructor(state: TallyState, excused: readonly string[] = []) {
    state.excusedSignatures ??= excused;
    this.state = state;
    this.#excused = new Set(state.excusedSignatures);
  }

  /** Outcomes that wait for one before them. */
  get waiting(): number {
    return this.#early.size;
  }

  settle(index: number, outcome: ReplayOutcome): void {
    this.#early.set(index, outcome);
    for (;;) {
      const next = this.#early.get(this.state.done);
      if (next === undefined) return;
      this.#early.delete(this.state.done);
      this.state.done++;
      if (next.kind === 'skipped') increase(this.state.skipped, next.reason);
      else this.#count(next);
    }
  }

  #count({ pair, isNoise, target, latencyMs, behindMs }: Extract<ReplayOutcome, { kind: 'compared' }>): void {
    const { state } = this;
    const isExcused =
      pair.outcome === 'differed' && pair.differences.every(({ signature }) => this.#excused.has(signature));
    const outcome = isExcused ? 'agreed' : pair.outcome;
    state[outcome]++;
    if (isExcused) state.excused++;
    if (isNoise) state.noise++;
    const routeKey = JSON.stringify([pair.migration, pair.route]);
    state.routes[routeKey] ??= {
      migration: pair.migration,
      route: pair.route,
      agreed: 0,
      differed: 0,
      incomparable: 0,
    };
    state.routes[routeKey][outcome]++;
    state.behindMs = Math.max(state.behindMs, behindMs);
    if (latencyMs.monolith !== undefined) state.monolithLatency[latencyBucket(latencyMs.monolith)]!++;
    state.serviceLatency[latencyBucket(latencyMs.service)]!++;
    if (pair.reason !== undefined) this.#countReason(pair.reason);
    this.#countSignatures(pair, target);
  }

  #countReason(reason: string): void {
    const isKnown = Object.hasOwn(this.state.reasons, reason);
    increase(
      this.state.reasons,
      isKnown || Object.keys(this.state.reasons).length < maxReasons ? reason : 'other',
    );
  }

  /** A pair counts once for each of its signatures, however often it shows it. */
  #countSignatures(pair: ComparedPair, target: string): void {
    const { signatures } = this.state;
    for (const found of new Map(pair.differences.map((one) => [one.signature, one])).values()) {
      const known = signatures[found.signature];
      if (known) known.pairs++;
      else if (Object.keys(signatures).length >= maxSignatures) this.state.unlisted++;
      else {
        const { signature, pattern: place, kind, monolith, service } = found;
        const { id: exchange, migration, route } = pair;
        const texts = {
          ...(monolith !== undefined && { monolith }),
          ...(service !== undefined && { service }),
        };
        signatures[signature] = {
          signature,
          migration,
          route,
          place,
          kind,
          pairs: 1,
          ...texts,
          exchange,
          target,
        };
      }
    }
  }
}

function increase(counts: Record<string, number>, key: string): void {
  counts[key] = (Object.hasOwn(counts, key) ? (counts[key] ?? 0) : 0) + 1;
}
