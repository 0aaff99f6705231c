import type { Difference, DifferenceKind } from '../pair.ts';
import { routeSignatures } from '../signature.ts';
import type { CompareLimits } from './limits.ts';
import { printableLine, shortened } from './printable.ts';

/** What a side has at a place; `undefined` where it has nothing. */
export type SideText = string | undefined;

/** Gathers the differences of one pair, at most `maxDifferences` and one that says that there are more. */
export interface DifferenceList {
  readonly found: readonly Difference[];
  /** True when further differences are not listed: walking on is of no use. */
  readonly full: boolean;
  /** Takes back all but the first `count`. */
  rewind(count: number): void;
  add(place: string, pattern: string, kind: DifferenceKind, monolith: SideText, service: SideText): void;
}

/** Place of the note that ends a list which is full. */
export const overflowPlace = 'differences';

export function createDifferenceList(
  migration: string,
  route: string,
  limits: CompareLimits,
): DifferenceList {
  const found: Difference[] = [];
  let signatures: ReturnType<typeof routeSignatures> | undefined;
  let full = false;
  const text = (side: string) => printableLine(shortened(side, limits.maxTextChars));
  const push = (
    place: string,
    pattern: string,
    kind: DifferenceKind,
    monolith: SideText,
    service: SideText,
  ) => {
    signatures ??= routeSignatures(migration, route);
    const signature = signatures(pattern, kind);
    if (monolith !== undefined && service !== undefined)
      found.push({ place, pattern, kind, monolith: text(monolith), service: text(service), signature });
    else if (monolith !== undefined)
      found.push({ place, pattern, kind, monolith: text(monolith), signature });
    else if (service !== undefined) found.push({ place, pattern, kind, service: text(service), signature });
    else found.push({ place, pattern, kind, signature });
  };
  return {
    found,
    get full() {
      return full;
    },
    rewind(count) {
      found.length = Math.min(found.length, count);
      full = false;
    },
    add(place, pattern, kind, monolith, service) {
      if (full) return;
      if (found.length < limits.maxDifferences) {
        push(place, pattern, kind, monolith, service);
        return;
      }
      full = true;
      const note = `over ${limits.maxDifferences} differences; the others are not listed`;
      push(overflowPlace, overflowPlace, 'length', undefined, note);
    },
  };
}
