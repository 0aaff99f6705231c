import type { Place } from '../../routing/model.ts';
import { foldedKey, foldKey } from '../signature.ts';
import type { Step } from './place.ts';

/**
 * Places as a tree of tokens, with marks on some: `body:/items/*\/price` is body → items → * → price.
 * A walk holds the nodes that its present place matches, mostly none, which makes a step cheap.
 */
export interface PlaceNode<Mark> {
  readonly next: Map<string, PlaceNode<Mark>>;
  readonly marks: Mark[];
}

/** The nodes that match one place. */
export type Matches<Mark> = readonly PlaceNode<Mark>[];

const none: Matches<never> = [];

export function placeTree<Mark>(marked: readonly (readonly [Place, Mark])[]): Matches<Mark> {
  const root: PlaceNode<Mark> = { next: new Map(), marks: [] };
  for (const [place, mark] of marked) {
    let node = root;
    for (const step of tokensOf(place)) {
      let next = node.next.get(step);
      if (next === undefined) {
        next = { next: new Map(), marks: [] };
        node.next.set(step, next);
      }
      node = next;
    }
    node.marks.push(mark);
  }
  return [root];
}

/** One step down. `*` matches any index or key; `{id}`, as patterns have it, any key that is folded to it. */
export function stepInto<Mark>(matches: Matches<Mark>, step: Step): Matches<Mark> {
  if (matches.length === 0) return none;
  let found: PlaceNode<Mark>[] | undefined;
  for (const { next } of matches) {
    if (next.size === 0) continue;
    const text = String(step);
    const folded = next.get(foldedKey);
    const nodes = [next.get(text), next.get('*'), folded && foldKey(text) === foldedKey ? folded : undefined];
    for (const node of nodes) {
      if (node === undefined) continue;
      found ??= [];
      found.push(node);
    }
  }
  return found ?? none;
}

/** The nodes for `body:`, the root of a body, from those of the whole tree. */
export function bodyRoot<Mark>(matches: Matches<Mark>): Matches<Mark> {
  return stepInto(stepInto(matches, 'body'), '');
}

/** `status` → status; `header:Set-Cookie/sid` → header, set-cookie, sid; `body:/a~1b/0` → body, (empty), a/b, 0. */
function tokensOf(place: Place): string[] {
  const colon = place.indexOf(':');
  if (colon < 0) return [place];
  const part = place.slice(0, colon);
  const [first = '', ...rest] = place
    .slice(colon + 1)
    .split('/')
    .map((text) => text.replaceAll('~1', '/').replaceAll('~0', '~'));
  return part === 'header' ? [part, first.toLowerCase(), ...rest] : [part, first, ...rest];
}
