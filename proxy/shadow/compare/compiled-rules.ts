import type { CompareRules, Place } from '../../routing/model.ts';
import { type Matches, placeTree } from './place-tree.ts';

/** One rule of routes.yaml, and what came of it. */
export interface Rule {
  /** As people name it: `ignore body:/generatedAt`. */
  readonly text: string;
  /** Without it the present pair would differ where it stands, or differ elsewhere; for whoever compares to reset. */
  mattered: boolean;
}

/** What a migration's rules say at one place; below an ignored place nothing is compared. */
export type CompareMark = { readonly of: Rule } & (
  | { readonly rule: 'ignore' }
  /** `key`: tokens of the JSON pointer from an element to what tells it from the others. */
  | { readonly rule: 'unordered'; readonly key: readonly string[] | undefined }
  | { readonly rule: 'tolerate'; readonly within: number }
  | { readonly rule: 'tolerate-time'; readonly withinMs: number }
  | {
      readonly rule: 'map';
      readonly pattern: RegExp;
      readonly to: string;
      readonly side: 'monolith' | 'service' | 'both';
    }
  /** `learned`: in the present pair, what the monolith calls what the service calls otherwise. */
  | { readonly rule: 'ids'; readonly learned: Map<string, string> }
);

export type RulesHere = Matches<CompareMark>;

/** Rules as a comparison needs them: those at the root of places, and what kinds there are. */
export interface CompiledRules {
  readonly root: RulesHere;
  readonly all: readonly Rule[];
  /** Whether texts are to be mapped before anything is compared. */
  readonly maps: boolean;
  /** What rules for ids learn; empty where there is no such rule. */
  readonly learned: readonly Map<string, string>[];
}

type MarkedPlace = readonly [Place, CompareMark];

/** `more`: a route's own, in addition; `name` puts the route before their texts. */
export function compileRules(rules: CompareRules, more?: CompareRules, name = ''): CompiledRules {
  return joinRules(markRules(rules), more === undefined ? [] : markRules(more, name));
}

/** Rules that are compiled once and joined with those of several routes keep what came of them in one place. */
export function joinRules(...parts: readonly (readonly MarkedPlace[])[]): CompiledRules {
  const marked = parts.flat();
  const marks = marked.map(([, mark]) => mark);
  return {
    root: marked.length === 0 ? [] : placeTree<CompareMark>(marked),
    all: [...new Set(marks.map(({ of }) => of))],
    maps: marks.some(({ rule }) => rule === 'map'),
    learned: marks.flatMap((mark) => (mark.rule === 'ids' ? [mark.learned] : [])),
  };
}

export function markRules(rules: CompareRules, name = ''): readonly MarkedPlace[] {
  const rule = (text: string): Rule => ({ text: name === '' ? text : `${name}: ${text}`, mattered: false });
  return [
    ...rules.ignore.map((place) => [place, { rule: 'ignore', of: rule(`ignore ${place}`) }] as const),
    ...rules.unordered.map(({ at, key }) => {
      const of = rule(`unordered ${at}${key === undefined ? '' : ` by ${key}`}`);
      return [at, { rule: 'unordered', key: pointerTokens(key), of }] as const;
    }),
    ...rules.tolerate.map((tolerance): MarkedPlace => {
      const { at } = tolerance;
      if ('within' in tolerance) {
        const { within } = tolerance;
        return [at, { rule: 'tolerate', within, of: rule(`tolerate ${at} within ${within}`) }];
      }
      const { withinMs } = tolerance;
      return [at, { rule: 'tolerate-time', withinMs, of: rule(`tolerate ${at} within ${withinMs} ms`) }];
    }),
    ...(rules.map ?? []).map((map): MarkedPlace => {
      const { at } = map;
      if ('ids' in map) return [at, { rule: 'ids', learned: new Map(), of: rule(`map ${at} ids`) }];
      const { pattern, to, side } = map;
      const of = rule(`map ${at} /${pattern}/ to ${JSON.stringify(to)}`);
      return [at, { rule: 'map', pattern: new RegExp(pattern, 'gu'), to, side, of }];
    }),
  ];
}

export function isIgnored(rules: RulesHere): boolean {
  return ignoringRule(rules) !== undefined;
}

/** The rule that lets this place differ, with everything below it. */
export function ignoringRule(rules: RulesHere): Rule | undefined {
  if (rules.length === 0) return undefined;
  return findMark(rules, 'ignore')?.of;
}

/** The rule for arrays whose order says nothing, when there is one here. */
export function unorderedRule(
  rules: RulesHere,
): (CompareMark & { readonly key: readonly string[] | undefined }) | undefined {
  if (rules.length === 0) return undefined;
  return findMark(rules, 'unordered') as Extract<CompareMark, { rule: 'unordered' }> | undefined;
}

export type Tolerance = Extract<CompareMark, { rule: 'tolerate' | 'tolerate-time' }>;

/** How far numbers and times may be apart here. */
export function tolerancesOf(rules: RulesHere): readonly Tolerance[] {
  if (rules.length === 0) return [];
  return marksOf(rules).filter((mark) => mark.rule === 'tolerate' || mark.rule === 'tolerate-time');
}

export function idsRule(rules: RulesHere): Extract<CompareMark, { rule: 'ids' }> | undefined {
  if (rules.length === 0) return undefined;
  return findMark(rules, 'ids') as Extract<CompareMark, { rule: 'ids' }> | undefined;
}

export function mapsAt(rules: RulesHere): readonly Extract<CompareMark, { rule: 'map' }>[] {
  return rules.length === 0 ? [] : marksOf(rules).filter((mark) => mark.rule === 'map');
}

function findMark(rules: RulesHere, wanted: CompareMark['rule']): CompareMark | undefined {
  for (const { marks } of rules) {
    for (const mark of marks) if (mark.rule === wanted) return mark;
  }
  return undefined;
}

function marksOf(rules: RulesHere): readonly CompareMark[] {
  return rules.flatMap(({ marks }) => marks);
}

export function pointerTokens(pointer: string | undefined): readonly string[] | undefined {
  if (pointer === undefined) return undefined;
  const [, ...tokens] = pointer.split('/');
  return tokens.map((text) => text.replaceAll('~1', '/').replaceAll('~0', '~'));
}
