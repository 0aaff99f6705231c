import type { ListedSignature } from '../../../proxy/admin/api-types.ts';

/** `open`: what holds the gate until somebody judges it. */
export const stateFilters = ['open', 'bug', 'expected', 'noise'] as const;
export type StateFilter = (typeof stateFilters)[number];
export const kinds = ['missing', 'extra', 'type', 'value', 'order', 'length'] as const;
export const trends = ['new', 'rising'] as const;
/** Where in an answer. */
export const parts = ['status', 'header', 'body'] as const;
/** Absent: what matters first. */
export const sorts = ['share', 'pairs', 'first', 'last', 'place'] as const;
export type Sort = (typeof sorts)[number];

/** As the address has it: what is absent filters nothing. */
export interface DifferencesFilter {
  readonly migration?: string;
  readonly route?: string;
  readonly state?: StateFilter;
  readonly kind?: (typeof kinds)[number];
  readonly part?: (typeof parts)[number];
  readonly trend?: (typeof trends)[number];
  readonly q?: string;
  readonly sort?: Sort;
}

/** What an address may say; the rest of it is ignored. */
export function readDifferencesFilter(search: Record<string, unknown>): DifferencesFilter {
  const text = (name: string): string =>
    ['string', 'number'].includes(typeof search[name]) ? String(search[name]) : '';
  const oneOf = <const Value extends string>(name: string, values: readonly Value[]) =>
    values.find((one) => one === search[name]);
  const [state, kind, part, trend, sort] = [
    oneOf('state', stateFilters),
    oneOf('kind', kinds),
    oneOf('part', parts),
    oneOf('trend', trends),
    oneOf('sort', sorts),
  ];
  return {
    ...(text('migration') !== '' && { migration: text('migration') }),
    ...(text('route') !== '' && { route: text('route') }),
    ...(state && { state }),
    ...(kind && { kind }),
    ...(part && { part }),
    ...(trend && { trend }),
    ...(text('q') !== '' && { q: text('q') }),
    ...(sort && { sort }),
  };
}

/** In the order in which they came. */
export function filterSignatures(
  all: readonly ListedSignature[],
  { state, route, kind, part, trend, q = '' }: DifferencesFilter,
): ListedSignature[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    const text = `${one.signature} ${one.route} ${one.place} ${one.kind}`.toLowerCase();
    return (
      (state === undefined || groupOf(one) === state) &&
      (route === undefined || one.route === route) &&
      (kind === undefined || one.kind === kind) &&
      (part === undefined || partOf(one) === part) &&
      (trend === undefined || one.trend === trend) &&
      words.every((word) => text.includes(word))
    );
  });
}

export function groupOf({ state }: Pick<ListedSignature, 'state'>): StateFilter {
  return state === 'bug' || state === 'expected' || state === 'noise' ? state : 'open';
}

function partOf({ place }: ListedSignature): (typeof parts)[number] {
  return place.startsWith('header:') ? 'header' : place.startsWith('body:') ? 'body' : 'status';
}

/** What `sortSignatures` does without a sort, for whoever looks at it; docs/dashboard.md has it, too. */
export const rankText =
  'What matters first: new within the hour, then rising, then the larger share of its route; expected and noise last.';

/** As the API ranks within one migration; here over several. */
export function sortSignatures(all: readonly ListedSignature[], sort: Sort | undefined): ListedSignature[] {
  const shareOf = ({ pairs, routePairs }: ListedSignature) => (routePairs === 0 ? 0 : pairs / routePairs);
  const byShare = (a: ListedSignature, b: ListedSignature) => shareOf(b) - shareOf(a) || b.pairs - a.pairs;
  const compare: Record<Sort | 'rank', (a: ListedSignature, b: ListedSignature) => number> = {
    rank: (a, b) => rank(a) - rank(b) || byShare(a, b),
    share: byShare,
    pairs: (a, b) => b.pairs - a.pairs,
    first: (a, b) => Date.parse(b.firstSeen) - Date.parse(a.firstSeen),
    last: (a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen),
    place: (a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0),
  };
  return [...all].sort(compare[sort ?? 'rank']);
}

function rank(one: ListedSignature): number {
  if (one.state === 'expected' || one.state === 'noise') return 3;
  return one.trend === 'new' ? 0 : one.trend === 'rising' ? 1 : 2;
}
