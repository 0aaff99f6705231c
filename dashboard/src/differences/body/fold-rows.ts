import type { AlignedRow } from './align-trees.ts';
import type { Mark } from './mark-rows.ts';

/** A run of rows to show, or one to hide behind a button. */
export interface Fold {
  readonly from: number;
  /** Not part of it. */
  readonly to: number;
  readonly isFolded: boolean;
}

/** Equal rows that stay around one that is not. */
const context = 3;
/** Rows that stay of something long that only one side has. */
const ofOneSide = 12;
/** Fewer are not worth a button. */
const minFolded = 4;
/** With more of them, what is merely allowed to differ folds away as well. */
const maxAllowed = 300;

/** Hides what is equal on both sides, or is the rest of something marked above it. `wanted`: a row that must be seen. */
export function foldRows(rows: readonly AlignedRow[], marks: readonly Mark[], wanted?: number): Fold[] {
  const keepsAllowed = marks.filter((mark) => mark === 'allowed').length <= maxAllowed;
  const keep = rows.map(() => false);
  let before = Number.NEGATIVE_INFINITY;
  for (const [index, { isSame }] of rows.entries()) {
    const mark = marks[index];
    const counts =
      mark === 'own' || mark === 'other' || (mark === 'allowed' && keepsAllowed) || index === wanted;
    if (counts) {
      before = index;
      const end = Math.min(rows.length - 1, index + context);
      for (let near = Math.max(0, index - context); near <= end; near++) keep[near] = true;
    } else if (!isSame && mark === undefined && index - before <= ofOneSide) keep[index] = true;
  }
  const folds: Fold[] = [];
  for (let from = 0; from < keep.length; ) {
    let to = from + 1;
    while (to < keep.length && keep[to] === keep[from]) to++;
    folds.push({ from, to, isFolded: !keep[from] && to - from >= minFolded });
    from = to;
  }
  return folds;
}
