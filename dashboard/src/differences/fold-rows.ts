/** A run of rows to show, or one to hide behind a button. */
export interface Fold {
  readonly from: number;
  /** Not part of it. */
  readonly to: number;
  readonly isFolded: boolean;
}

/** Equal rows that stay around one that is not. */
const context = 3;
/** Fewer are not worth a button. */
const minFolded = 4;

/** Hides what is equal on both sides and not near anything that differs. */
export function foldRows(isMarked: readonly boolean[]): Fold[] {
  const keep = isMarked.map(() => false);
  for (const [index, marked] of isMarked.entries()) {
    if (!marked) continue;
    const end = Math.min(isMarked.length - 1, index + context);
    for (let near = Math.max(0, index - context); near <= end; near++) keep[near] = true;
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
