import type { ComparedPair } from '../shadow/pair.ts';
import type { EvidenceRows, RouteCountsRow, SignatureCountsRow } from '../store/model.ts';
import { addLatencies, latencyBucket, latencyBuckets } from '../telemetry/latency.ts';
import type { EvidenceKey } from './model.ts';

type RouteCounts = Omit<RouteCountsRow, keyof EvidenceKey>;
type SignatureCounts = Omit<SignatureCountsRow, keyof EvidenceKey>;

/** Counted pairs under one key: by route and by signature. */
export class EvidenceTotals {
  readonly routes = new Map<string, RouteCounts>();
  readonly signatures = new Map<string, SignatureCounts>();

  get isEmpty(): boolean {
    return this.routes.size === 0 && this.signatures.size === 0;
  }

  get pairs(): number {
    let pairs = 0;
    for (const { agreed, differed, incomparable } of this.routes.values())
      pairs += agreed + differed + incomparable;
    return pairs;
  }

  /** Latency counts only where both sides answered in full: a copy that timed out has no latency. */
  addPair(pair: ComparedPair, isCountable: (signature: string) => boolean): void {
    const counts = this.routes.get(pair.route) ?? noCounts(pair.route);
    const isComparable = pair.outcome !== 'incomparable';
    this.routes.set(pair.route, {
      ...counts,
      [pair.outcome]: counts[pair.outcome] + 1,
      monolithLatency: isComparable
        ? counted(counts.monolithLatency, pair.monolithMs)
        : counts.monolithLatency,
      serviceLatency: isComparable ? counted(counts.serviceLatency, pair.serviceMs) : counts.serviceLatency,
    });
    for (const signature of signaturesOf(pair)) {
      if (isCountable(signature.signature)) this.#addSignature(signature);
    }
  }

  add(other: EvidenceTotals): void {
    for (const counts of other.routes.values()) {
      const own = this.routes.get(counts.route);
      this.routes.set(counts.route, own ? sumOfRoutes(own, counts) : counts);
    }
    for (const counts of other.signatures.values()) this.#addSignature(counts);
  }

  /** Takes rows for what they say now, in place of what was known of them. */
  replace(rows: EvidenceRows): void {
    for (const row of rows.routes) this.routes.set(row.route, row);
    for (const row of rows.signatures) this.signatures.set(row.signature, row);
  }

  rows(key: EvidenceKey): EvidenceRows {
    const under = <T extends object>(counts: T) => ({ ...counts, ...key });
    return {
      routes: [...this.routes.values()].map(under),
      signatures: [...this.signatures.values()].map(under),
    };
  }

  #addSignature(added: SignatureCounts): void {
    const own = this.signatures.get(added.signature);
    this.signatures.set(added.signature, own ? sumOfSignatures(own, added) : added);
  }
}

function noCounts(route: string): RouteCounts {
  const zeros = () => new Array<number>(latencyBuckets).fill(0);
  return {
    route,
    agreed: 0,
    differed: 0,
    incomparable: 0,
    monolithLatency: zeros(),
    serviceLatency: zeros(),
  };
}

/** In place: a pair must not cost a copy of every bucket. */
function counted(counts: readonly number[], latencyMs: number): readonly number[] {
  const bucket = latencyBucket(latencyMs);
  (counts as number[])[bucket] = (counts[bucket] ?? 0) + 1;
  return counts;
}

/** One a signature, with the texts of the first place that has it. */
function signaturesOf(pair: ComparedPair): SignatureCounts[] {
  const seen = new Map<string, SignatureCounts>();
  for (const { signature, pattern, kind, monolith, service } of pair.differences) {
    if (seen.has(signature)) continue;
    seen.set(signature, {
      signature,
      route: pair.route,
      place: pattern,
      kind,
      pairs: 1,
      firstSeen: pair.at,
      lastSeen: pair.at,
      ...(monolith !== undefined && { monolith }),
      ...(service !== undefined && { service }),
    });
  }
  return [...seen.values()];
}

function sumOfRoutes(a: RouteCounts, b: RouteCounts): RouteCounts {
  return {
    route: a.route,
    agreed: a.agreed + b.agreed,
    differed: a.differed + b.differed,
    incomparable: a.incomparable + b.incomparable,
    monolithLatency: addLatencies(a.monolithLatency, b.monolithLatency),
    serviceLatency: addLatencies(a.serviceLatency, b.serviceLatency),
  };
}

function sumOfSignatures(a: SignatureCounts, b: SignatureCounts): SignatureCounts {
  const newer = a.lastSeen > b.lastSeen ? a : b;
  const [firstSeen = a.firstSeen] = [a.firstSeen, b.firstSeen].sort();
  return { ...newer, pairs: a.pairs + b.pairs, firstSeen };
}
