import type { ListedSignature, PairRow } from '../../../proxy/admin/api-types.ts';
import { rulePlace } from './rule-place.ts';
import { areIds, elementKey, widestDelayMs, widestDistance } from './rule-values.ts';

export interface SuggestedRule {
  /** What it does. */
  readonly text: string;
  /** For routes.yaml. */
  readonly lines: string;
  /** The list under `compare` that it is one more entry of. */
  readonly list: 'tolerate' | 'unordered' | 'map' | 'ignore';
}

/** Where a rule holds. */
export type RuleScope = 'route' | 'migration';

type About = Pick<ListedSignature, 'migration' | 'route' | 'place' | 'kind'>;
type Sample = Pick<PairRow, 'differences' | 'monolith' | 'service'>;

/** Rules under which the difference would not be one, the narrowest first; none where no rule can name it. */
export function suggestRules(about: About, pairs: readonly Sample[], scope: RuleScope): SuggestedRule[] {
  const place = rulePlace(about.place);
  if (!place) return [];
  const { at, isWider } = place;
  const differences = pairs
    .flatMap((pair) => pair.differences)
    .filter(({ pattern, kind }) => pattern === about.place && kind === about.kind);
  const rule = (list: SuggestedRule['list'], entry: string, text: string): SuggestedRule => ({
    list,
    text,
    lines: linesOf(about, scope, `${list}: [${entry}]`),
  });
  const rules: SuggestedRule[] = [];
  if (about.kind === 'value' && hasValues(at)) {
    const delayMs = widestDelayMs(differences);
    const within = delayMs === undefined ? widestDistance(differences) : undefined;
    if (delayMs !== undefined)
      rules.push(
        rule(
          'tolerate',
          `{ at: ${scalar(at)}, withinMs: ${delayMs} }`,
          `Times there may be ${(delayMs / 1_000).toLocaleString('en')} s apart, the most that these pairs show.`,
        ),
      );
    if (within !== undefined)
      rules.push(
        rule(
          'tolerate',
          `{ at: ${scalar(at)}, within: ${within} }`,
          `Numbers there may differ by ${within}, the most that these pairs show.`,
        ),
      );
    if (areIds(differences))
      rules.push(
        rule(
          'map',
          `{ at: ${scalar(at)}, ids: true }`,
          'Both ids name one thing: it also counts as equal wherever else they stand in the answer.',
        ),
      );
  }
  if (about.kind === 'order' && at.startsWith('body:')) {
    const bodies = pairs.flatMap(({ monolith, service }) => [monolith?.body ?? '', service?.body ?? '']);
    const key = elementKey(at, bodies);
    rules.push(
      rule(
        'unordered',
        `{ at: ${scalar(at)}${key === undefined ? '' : `, key: ${scalar(key)}`} }`,
        key === undefined
          ? 'The order there means nothing. Name a key, such as key: /id, where one tells the elements apart.'
          : `The order there means nothing; ${key} tells the elements apart.`,
      ),
    );
  }
  const wider = isWider ? ` ${widerText(about.place, at)}` : '';
  rules.push(rule('ignore', scalar(at), `Whatever is there, and below it, may differ.${wider}`));
  return rules;
}

/** Cookies and the status are compared without tolerances. */
function hasValues(at: string): boolean {
  return at !== 'status' && !at.startsWith('header:set-cookie');
}

function widerText(place: string, at: string): string {
  if (at === 'status') return `Any two statuses, not only ${place.slice('status '.length)}.`;
  return at.startsWith('header:')
    ? 'All of that header.'
    : 'Every name in that place, since this one can not be written.';
}

/** The path to `compare` in a few words. */
export function whereText({ migration, route }: About, scope: RuleScope): string {
  return scope === 'route'
    ? `under the route ${route} of ${migration}; a route written as a text becomes \`match:\``
    : `under \`shadow:\` of ${migration}, for all of its routes`;
}

function linesOf({ migration, route }: About, scope: RuleScope, rule: string): string {
  const above = ['migrations:', `  ${scalar(migration)}:`];
  const below =
    scope === 'route'
      ? ['    routes:', `      - match: ${scalar(route)}`, '        compare:', `          ${rule}`]
      : ['    shadow:', '      compare:', `        ${rule}`];
  return [...above, ...below].join('\n');
}

/** In YAML: plain where that is safe, else quoted with everything escaped that YAML or a reader could trip over. */
function scalar(text: string): string {
  if (/^(?:[A-Z]+ \/|\/|[a-z])(?:[\w:/*.-]*[\w*])?$/i.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu,
    (c) => `\\U${c.codePointAt(0)?.toString(16).padStart(8, '0')}`,
  );
}
