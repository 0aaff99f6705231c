import type { CompareRules } from '../../routing/model.ts';
import { type Matches, placeTree } from './place-tree.ts';

/** What a migration's rules say at one place; below an ignored place nothing is compared. */
export type CompareMark =
  | { readonly rule: 'ignore' }
  /** `key`: tokens of the JSON pointer from an element to what tells it from the others. */
  | { readonly rule: 'unordered'; readonly key: readonly string[] | undefined }
  | { readonly rule: 'tolerate'; readonly within: number };

export type RulesHere = Matches<CompareMark>;

export function compileRules(rules: CompareRules): RulesHere {
  return placeTree<CompareMark>([
    ...rules.ignore.map((place) => [place, { rule: 'ignore' }] as const),
    ...rules.unordered.map(({ at, key }) => [at, { rule: 'unordered', key: pointerTokens(key) }] as const),
    ...rules.tolerate.map(({ at, within }) => [at, { rule: 'tolerate', within }] as const),
  ]);
}

export function isIgnored(rules: RulesHere): boolean {
  return rules.some(({ marks }) => marks.some(({ rule }) => rule === 'ignore'));
}

/** The rule for arrays whose order says nothing, when there is one here. */
export function unorderedRule(rules: RulesHere): { readonly key: readonly string[] | undefined } | undefined {
  return marksOf(rules).find((mark) => mark.rule === 'unordered');
}

/** How far numbers may be apart here; the widest of several rules. */
export function toleranceOf(rules: RulesHere): number | undefined {
  const bounds = marksOf(rules).flatMap((mark) => (mark.rule === 'tolerate' ? [mark.within] : []));
  return bounds.length === 0 ? undefined : Math.max(...bounds);
}

function marksOf(rules: RulesHere): readonly CompareMark[] {
  return rules.length === 0 ? [] : rules.flatMap(({ marks }) => marks);
}

function pointerTokens(pointer: string | undefined): readonly string[] | undefined {
  if (pointer === undefined) return undefined;
  const [, ...tokens] = pointer.split('/');
  return tokens.map((text) => text.replaceAll('~1', '/').replaceAll('~0', '~'));
}
