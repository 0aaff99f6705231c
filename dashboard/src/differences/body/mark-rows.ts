import type { PairRow } from '../../../../proxy/admin/api-types.ts';
import type { AlignedRow } from './align-trees.ts';

/**
 * `own`: shows the signature that is looked at; `other`: shows another one; `allowed`: unequal, but by the rules no
 * difference. Without a mark it is equal, or part of something that is marked above it.
 */
export type Mark = 'own' | 'other' | 'allowed' | undefined;

type Difference = PairRow['differences'][number];

const bodyPlace = 'body:';

export interface MarkedRows {
  /** One for each row. */
  readonly marks: readonly Mark[];
  /** Differences in what was not stored. */
  readonly unseen: number;
}

/** `isPart`: what one side lacks may merely not have been stored, or not be shown. */
export function markRows(
  rows: readonly AlignedRow[],
  differences: readonly Difference[],
  signature: string,
  isPart: boolean,
): MarkedRows {
  const marks: Mark[] = rows.map(() => undefined);
  const byPointer = Map.groupBy(
    rows.filter(({ isEnd }) => !isEnd),
    ({ pointer }) => pointer,
  );
  const places = new Set<string>();
  let unseen = 0;
  for (const difference of differences) {
    if (!difference.place.startsWith(bodyPlace)) continue;
    const pointer = difference.place.slice(bodyPlace.length);
    places.add(pointer);
    const mark = difference.signature === signature ? 'own' : 'other';
    if (isPart && !hasRow(pointer, byPointer)) {
      unseen++;
      continue;
    }
    for (const { line } of rowsOf(difference, pointer, rows, byPointer, marks))
      if (marks[line] !== 'own') marks[line] = mark;
  }
  if (isPart) return { marks, unseen };
  const isBelow = isBelowAny(places);
  for (const { line, pointer, isSame } of rows)
    if (!isSame && marks[line] === undefined && !isBelow(pointer)) marks[line] = 'allowed';
  return { marks, unseen };
}

/** An attribute is seen in the row of its element. */
function hasRow(pointer: string, byPointer: ReadonlyMap<string, unknown>): boolean {
  return byPointer.has(pointer) || byPointer.has(pointer.replace(/\/@[^/]*$/, ''));
}

/** Where a difference is seen. One in a place that has no row is shown at the nearest one around it. */
function rowsOf(
  { kind }: Difference,
  pointer: string,
  rows: readonly AlignedRow[],
  byPointer: ReadonlyMap<string, readonly AlignedRow[]>,
  marks: readonly Mark[],
): readonly AlignedRow[] {
  if (kind === 'order') {
    const moved = rows.filter(({ isMoved, pointer: own }) => isMoved && parentOf(own) === pointer);
    if (moved.length > 0) return moved;
  }
  for (let at: string | undefined = pointer; at !== undefined; at = parentOf(at)) {
    const here = byPointer.get(at) ?? [];
    // Several texts of one element have one place.
    const free = here.filter(({ line, isSame }) => !isSame && marks[line] === undefined);
    const found =
      free.find((row) => fits(kind, row)) ?? here.find((row) => fits(kind, row)) ?? free[0] ?? here[0];
    if (found) return [found];
  }
  const first = rows.find(({ isSame }) => !isSame) ?? rows[0];
  return first ? [first] : [];
}

function fits(kind: string, { monolith, service }: AlignedRow): boolean {
  if (kind === 'missing') return service === undefined;
  if (kind === 'extra') return monolith === undefined;
  return monolith !== undefined && service !== undefined;
}

function isBelowAny(places: ReadonlySet<string>): (pointer: string) => boolean {
  const known = new Map<string, boolean>();
  const isBelow = (pointer: string): boolean => {
    let below = known.get(pointer);
    if (below === undefined) {
      const parent = parentOf(pointer);
      below = places.has(pointer) || (parent !== undefined && isBelow(parent));
      known.set(pointer, below);
    }
    return below;
  };
  return isBelow;
}

function parentOf(pointer: string): string | undefined {
  const slash = pointer.lastIndexOf('/');
  return slash < 0 ? undefined : pointer.slice(0, slash);
}
