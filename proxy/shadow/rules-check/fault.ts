import type { ReadAnswer } from '../compare/compare-pair.ts';

export type FaultKind =
  | 'missing'
  | 'extra'
  | 'type'
  | 'value'
  | 'order'
  | 'truncated'
  | 'empty'
  | 'error status'
  | 'other status';

/** One thing that a service could get wrong, made in a copy of the monolith's answer. */
export interface Fault {
  readonly kind: FaultKind;
  readonly part: 'status' | 'header' | 'body';
  /** As patterns have it: `body:/items/*\/price`. */
  readonly place: string;
  readonly answer: ReadAnswer;
}

/** Of places that are one in patterns, as the elements of an array are, this many are tried. */
export const triedOfPattern = 2;

/** Whether a fault of this kind at this pattern is still to be tried; each question counts. */
export function createTries(): (kind: FaultKind, pattern: string) => boolean {
  const tried = new Map<string, number>();
  return (kind, pattern) => {
    const key = `${kind} ${pattern}`;
    const times = tried.get(key) ?? 0;
    tried.set(key, times + 1);
    return times < triedOfPattern;
  };
}
