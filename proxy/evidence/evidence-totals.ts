import type { ComparedPair, Difference } from '../shadow/pair.ts';
import type {
  CoverageRow,
  DifferenceSetRow,
  EvidenceRows,
  RouteCountsRow,
  SignatureCountsRow,
} from '../store/model.ts';
import { addLatencies, latencyBucket, latencyBuckets } from '../telemetry/latency.ts';
import { cellsOf } from './cells-of-pair.ts';
import type { EvidenceKey } from './model.ts';

export type RouteCounts = Omit<RouteCountsRow, keyof EvidenceKey>;
export type SignatureCounts = Omit<SignatureCountsRow, keyof EvidenceKey>;
export type DifferenceSet = Omit<DifferenceSetRow, keyof EvidenceKey>;
export type CoverageCell = Omit<CoverageRow, keyof EvidenceKey>;

/** What there is room for, so that nobody's made-up places or names fill the memory. */
export interface Room {
  hasSignature(signature: string): boolean;
  hasSet(text: string): boolean;
  /** For one more value of this dimension of a route. */
  hasCell(route: string, dimension: string, value: string): boolean;
}

/** A pair with more signatures than this is not kept as a set, so that it never counts as agreeing. */
const maxSetSize = 16;
/** Where further values of a dimension are counted. */
export const otherValue = 'other';

/** Counted pairs under one key: by route, by signature, by set of signatures and by what they cover. */
export class EvidenceTotals {
  readonly routes = new Map<string, RouteCounts>();
  readonly signatures = new Map<string, SignatureCounts>();
  readonly sets = new Map<string, DifferenceSet>();
  readonly coverage = new Map<string, CoverageCell>();
  readonly #values = new Map<string, number>();

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
  addPair(pair: ComparedPair, room: Room): void {
    const counts = this.routes.get(pair.route) ?? noCounts(pair.route);
    const isComparable = pair.outcome !== 'incomparable';
    const own = ownDifferences(pair);
    this.routes.set(pair.route, {
      ...counts,
      [pair.outcome]: counts[pair.outcome] + 1,
      askedTwice: counts.askedTwice + (own ? 1 : 0),
      monolithLatency: isComparable
        ? counted(counts.monolithLatency, pair.monolithMs)
        : counts.monolithLatency,
      serviceLatency: isComparable ? counted(counts.serviceLatency, pair.serviceMs) : counts.serviceLatency,
    });
    const signatures = signaturesOf(pair, own).filter(({ signature }) => room.hasSignature(signature));
    for (const signature of signatures) this.#addSignature(signature);
    if (pair.outcome === 'differed') this.#countSet(pair, room);
    this.#countCells(pair, room);
  }

  add(other: EvidenceTotals): void {
    for (const counts of other.routes.values()) {
      const own = this.routes.get(counts.route);
      this.routes.set(counts.route, own ? sumOfRoutes(own, counts) : counts);
    }
    for (const counts of other.signatures.values()) this.#addSignature(counts);
    for (const set of other.sets.values()) this.#addSet(set);
    for (const cell of other.coverage.values()) this.#addCell(cell);
  }

  /** Takes rows for what they say now, in place of what was known of them. */
  replace(rows: Partial<EvidenceRows>): void {
    for (const row of rows.routes ?? []) this.routes.set(row.route, withoutKey(row));
    for (const row of rows.signatures ?? []) this.signatures.set(row.signature, withoutKey(row));
    for (const row of rows.sets ?? []) this.sets.set(setText(row), withoutKey(row));
    for (const row of rows.coverage ?? []) this.#setCell(withoutKey(row));
  }

  /** Different values counted of one dimension of a route. */
  valuesOf(route: string, dimension: string): number {
    return this.#values.get(JSON.stringify([route, dimension])) ?? 0;
  }

  rows(key: EvidenceKey): EvidenceRows {
    const under = <T extends object>(counts: T) => ({ ...counts, ...key });
    return {
      routes: [...this.routes.values()].map(under),
      signatures: [...this.signatures.values()].map(under),
      sets: [...this.sets.values()].map(under),
      coverage: [...this.coverage.values()].map(under),
    };
  }

  /** Only whole: a set that lacks a signature for want of room would count as agreeing too soon. */
  #countSet({ route, differences }: ComparedPair, room: Room): void {
    const signatures = [...new Set(differences.map(({ signature }) => signature))].sort();
    if (signatures.length > maxSetSize || !signatures.every((one) => room.hasSignature(one))) return;
    const set = { route, signatures, pairs: 1 };
    if (room.hasSet(setText(set))) this.#addSet(set);
  }

  #countCells(pair: ComparedPair, room: Room): void {
    const { route, outcome } = pair;
    for (const { dimension, value } of cellsOf(pair)) {
      const cell = {
        route,
        dimension,
        value: room.hasCell(route, dimension, value) ? value : otherValue,
        compared: outcome === 'incomparable' ? 0 : 1,
        incomparable: outcome === 'incomparable' ? 1 : 0,
      };
      this.#addCell(cell);
    }
  }

  #addSignature(added: SignatureCounts): void {
    const own = this.signatures.get(added.signature);
    this.signatures.set(added.signature, own ? sumOfSignatures(own, added) : added);
  }

  #addSet(added: DifferenceSet): void {
    const text = setText(added);
    const own = this.sets.get(text);
    this.sets.set(text, own ? { ...own, pairs: own.pairs + added.pairs } : added);
  }

  #addCell(added: CoverageCell): void {
    const own = this.coverage.get(cellText(added));
    const sum = own && {
      ...own,
      compared: own.compared + added.compared,
      incomparable: own.incomparable + added.incomparable,
    };
    this.#setCell(sum ?? added);
  }

  #setCell(cell: CoverageCell): void {
    const text = cellText(cell);
    if (!this.coverage.has(text)) {
      const dimension = JSON.stringify([cell.route, cell.dimension]);
      this.#values.set(dimension, (this.#values.get(dimension) ?? 0) + 1);
    }
    this.coverage.set(text, cell);
  }
}

function withoutKey<Row extends EvidenceKey>(row: Row): Omit<Row, keyof EvidenceKey> {
  const {
    migration: _migration,
    monolithBuild: _monolith,
    serviceBuild: _service,
    rulesHash: _rules,
    ...counts
  } = row;
  return counts;
}

export function setText({ route, signatures }: Pick<DifferenceSet, 'route' | 'signatures'>): string {
  return JSON.stringify([route, ...signatures]);
}

export function cellText({
  route,
  dimension,
  value,
}: Omit<CoverageCell, 'compared' | 'incomparable'>): string {
  return JSON.stringify([route, dimension, value]);
}

function noCounts(route: string): RouteCounts {
  const zeros = () => new Array<number>(latencyBuckets).fill(0);
  return {
    route,
    agreed: 0,
    differed: 0,
    incomparable: 0,
    askedTwice: 0,
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

/** How the monolith differs from itself, where it was asked twice and both comparisons could be made. */
function ownDifferences({ outcome, again }: ComparedPair): readonly Difference[] | undefined {
  if (outcome === 'incomparable' || again === undefined || again.outcome === 'incomparable') return undefined;
  return again.differences;
}

/** One a signature, with the texts of the first place that has it. */
function signaturesOf(pair: ComparedPair, own: readonly Difference[] | undefined): SignatureCounts[] {
  const ownSignatures = new Set(own?.map(({ signature }) => signature));
  const seen = new Map<string, SignatureCounts>();
  for (const difference of pair.differences) {
    const { signature, monolith, service } = difference;
    if (seen.has(signature)) continue;
    const isOwn = ownSignatures.has(signature);
    seen.set(signature, {
      ...seenOnce(pair, difference),
      pairs: 1,
      twiceBoth: isOwn ? 1 : 0,
      twiceService: own !== undefined && !isOwn ? 1 : 0,
      ...(monolith !== undefined && { monolith }),
      ...(service !== undefined && { service }),
    });
  }
  for (const difference of own ?? []) {
    if (seen.has(difference.signature)) continue;
    seen.set(difference.signature, { ...seenOnce(pair, difference), twiceMonolith: 1 });
  }
  return [...seen.values()];
}

function seenOnce({ route, at }: ComparedPair, { signature, pattern, kind }: Difference): SignatureCounts {
  return {
    signature,
    route,
    place: pattern,
    kind,
    pairs: 0,
    twiceBoth: 0,
    twiceService: 0,
    twiceMonolith: 0,
    firstSeen: at,
    lastSeen: at,
  };
}

function sumOfRoutes(a: RouteCounts, b: RouteCounts): RouteCounts {
  return {
    route: a.route,
    agreed: a.agreed + b.agreed,
    differed: a.differed + b.differed,
    incomparable: a.incomparable + b.incomparable,
    askedTwice: a.askedTwice + b.askedTwice,
    monolithLatency: addLatencies(a.monolithLatency, b.monolithLatency),
    serviceLatency: addLatencies(a.serviceLatency, b.serviceLatency),
  };
}

/** Times and texts come from what was seen against the service, as long as anything was. */
function sumOfSignatures(a: SignatureCounts, b: SignatureCounts): SignatureCounts {
  const shown = [a, b].filter(({ pairs }) => pairs > 0);
  const [first = a, second = first] = shown;
  const newer = second.lastSeen > first.lastSeen ? second : first;
  const [firstSeen = first.firstSeen] = [first.firstSeen, second.firstSeen].sort();
  return {
    ...newer,
    pairs: a.pairs + b.pairs,
    twiceBoth: a.twiceBoth + b.twiceBoth,
    twiceService: a.twiceService + b.twiceService,
    twiceMonolith: a.twiceMonolith + b.twiceMonolith,
    firstSeen,
  };
}
