/** Which elements of two lists belong together; each index of either list stands in exactly one place. */
export interface Alignment {
  readonly pairs: readonly IndexPair[];
  /** Equal elements that stand elsewhere among the others. */
  readonly moved: readonly IndexPair[];
  /** Indexes on the monolith's side without a partner. */
  readonly missing: readonly number[];
  /** Indexes on the service's side without a partner. */
  readonly extra: readonly number[];
}

/** The monolith's and the service's index. */
export type IndexPair = readonly [number, number];

/** What alignment may still cost in this pair of answers; counted down. */
export interface AlignmentBudget {
  cells: number;
}

/** Cells of alignment tables for one pair: enough for two arrays of 500 elements of which none is equal. */
export const maxAlignmentCells = 250_000;

/** Two elements that agree by half are taken for one element that changed. */
const leastSimilarity = 0.5;

/**
 * Aligns two lists by the ids of their elements, so that one element put in, taken out or moved does not
 * shift all that follow. Ids that both sides have once are anchors in their longest common order (patience
 * diff); between anchors the best total of equal and similar elements is found by dynamic programming, or
 * elements go by index where that table would exceed the budget.
 */
export function align(
  monolith: readonly number[],
  service: readonly number[],
  similarity: (monolithIndex: number, serviceIndex: number) => number,
  budget: AlignmentBudget,
): Alignment {
  const matched: IndexPair[] = [];
  const weightOf = (one: number, other: number): number => {
    if (monolith[one] === service[other]) return 2;
    const similar = similarity(one, other);
    return similar >= leastSimilarity ? similar : 0;
  };
  for (const { gap, end } of gapsBetween(anchorsOf(monolith, service), monolith.length, service.length)) {
    for (const pair of matchGap(gap, weightOf, budget)) matched.push(pair);
    if (end) matched.push(end);
  }
  return placeLeftovers(monolith, service, matched);
}

/** Elements whose id stands once on either side, in the longest run that is ascending on both. */
function anchorsOf(monolith: readonly number[], service: readonly number[]): IndexPair[] {
  const serviceIndexes = uniqueIndexes(service);
  const common: IndexPair[] = [];
  for (const [id, index] of uniqueIndexes(monolith)) {
    const other = serviceIndexes.get(id);
    if (index >= 0 && other !== undefined && other >= 0) common.push([index, other]);
  }
  return longestAscending(common.sort((a, b) => a[0] - b[0]));
}

/** By id, the index of its only element, or -1 when it has several. */
function uniqueIndexes(ids: readonly number[]): Map<number, number> {
  const indexes = new Map<number, number>();
  for (const [index, id] of ids.entries()) indexes.set(id, indexes.has(id) ? -1 : index);
  return indexes;
}

/** Longest subsequence whose second indexes ascend, in O(n log n). */
function longestAscending(points: readonly IndexPair[]): IndexPair[] {
  const tails: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, point] of points.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (points[tails[middle] as number]![1] < point[1]) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? tails[low - 1] : undefined;
    tails[low] = index;
  }
  const run: IndexPair[] = [];
  for (let at = tails.at(-1); at !== undefined; at = before[at]) run.push(points[at]!);
  return run.reverse();
}

/** What lies between two matches that follow each other; the ends are exclusive. */
interface Gap {
  readonly from: IndexPair;
  readonly to: IndexPair;
}

function* gapsBetween(matches: readonly IndexPair[], monolithLength: number, serviceLength: number) {
  let from: IndexPair = [0, 0];
  for (const end of matches) {
    yield { gap: { from, to: end }, end };
    from = [end[0] + 1, end[1] + 1];
  }
  yield { gap: { from, to: [monolithLength, serviceLength] as const }, end: undefined };
}

function matchGap(
  { from, to }: Gap,
  weightOf: (one: number, other: number) => number,
  budget: AlignmentBudget,
) {
  const rows = to[0] - from[0];
  const columns = to[1] - from[1];
  // One element on either side: whether they belong together is for the leftovers to say.
  if (rows === 0 || columns === 0 || (rows === 1 && columns === 1)) return [];
  const inGap = ([row, column]: IndexPair): IndexPair => [from[0] + row, from[1] + column];
  if (rows * columns > budget.cells) {
    return Array.from({ length: Math.min(rows, columns) }, (_, at) => inGap([at, at]));
  }
  budget.cells -= rows * columns;
  const weightInGap = (row: number, column: number) => weightOf(from[0] + row, from[1] + column);
  return heaviestPath(rows, columns, weightInGap).map(inGap);
}

/** Pairs of rows and columns, ascending in both, of the greatest total weight. */
function heaviestPath(
  rows: number,
  columns: number,
  weightOf: (row: number, column: number) => number,
): IndexPair[] {
  const width = columns + 1;
  const weights = new Float64Array(rows * columns);
  const best = new Float64Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const weight = weightOf(row, column);
      weights[row * columns + column] = weight;
      const both = weight > 0 ? weight + best[(row + 1) * width + column + 1]! : 0;
      best[row * width + column] = Math.max(
        both,
        best[(row + 1) * width + column]!,
        best[row * width + column + 1]!,
      );
    }
  }
  const path: IndexPair[] = [];
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    const weight = weights[row * columns + column]!;
    const here = best[row * width + column]!;
    if (weight > 0 && here === weight + best[(row + 1) * width + column + 1]!) path.push([row++, column++]);
    else if (here === best[(row + 1) * width + column]!) row++;
    else column++;
  }
  return path;
}

/**
 * Gives the elements that no match holds their places: equal ones are moved, others in the same gap are the
 * same element changed, one after the other; the rest has no partner.
 */
function placeLeftovers(
  monolith: readonly number[],
  service: readonly number[],
  matched: readonly IndexPair[],
): Alignment {
  const moved = movedElements(monolith, service, matched);
  const taken = {
    monolith: new Set(moved.map(([one]) => one)),
    service: new Set(moved.map(([, other]) => other)),
  };
  const pairs: IndexPair[] = [];
  const missing: number[] = [];
  const extra: number[] = [];
  for (const { gap, end } of gapsBetween(matched, monolith.length, service.length)) {
    const ones = range(gap.from[0], gap.to[0]).filter((index) => !taken.monolith.has(index));
    const others = range(gap.from[1], gap.to[1]).filter((index) => !taken.service.has(index));
    for (let at = 0; at < Math.max(ones.length, others.length); at++) {
      const [one, other] = [ones[at], others[at]];
      if (one === undefined) extra.push(other as number);
      else if (other === undefined) missing.push(one);
      else pairs.push([one, other]);
    }
    if (end) pairs.push(end);
  }
  return { pairs, moved, missing, extra };
}

function movedElements(
  monolith: readonly number[],
  service: readonly number[],
  matched: readonly IndexPair[],
): readonly IndexPair[] {
  const matchedOnes = new Set(matched.map(([one]) => one));
  const matchedOthers = new Set(matched.map(([, other]) => other));
  const isFree = (indexes: ReadonlySet<number>) => (index: number) => !indexes.has(index);
  return alignById(
    monolith,
    service,
    range(0, monolith.length).filter(isFree(matchedOnes)),
    range(0, service.length).filter(isFree(matchedOthers)),
  ).pairs;
}

/** Pairs elements of the same id in the order they come, wherever they stand. The last two: the indexes that count. */
export function alignById(
  monolith: readonly number[],
  service: readonly number[],
  monolithIndexes: readonly number[] = range(0, monolith.length),
  serviceIndexes: readonly number[] = range(0, service.length),
): Alignment {
  const freeById = new Map<number, number[]>();
  for (const index of serviceIndexes.toReversed()) {
    const id = service[index] as number;
    const free = freeById.get(id);
    if (free) free.push(index);
    else freeById.set(id, [index]);
  }
  const pairs: IndexPair[] = [];
  const missing: number[] = [];
  for (const index of monolithIndexes) {
    const other = freeById.get(monolith[index] as number)?.pop();
    if (other === undefined) missing.push(index);
    else pairs.push([index, other]);
  }
  const extra = [...freeById.values()].flat().sort((a, b) => a - b);
  return { pairs, moved: [], missing, extra };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, offset) => from + offset);
}
