import type { ListedSignature } from '../../../proxy/admin/api-types.ts';

/** `open`: what holds the gate, or would. */
export const stateFilters = ['open', 'bug', 'expected', 'noise'] as const;
export type StateFilter = (typeof stateFilters)[number];
export const kinds = ['missing', 'extra', 'type', 'value', 'order', 'length'] as const;
export const trends = ['new', 'rising'] as const;

/** As the address has it: what is absent filters nothing. */
export interface DifferencesFilter {
  readonly migration?: string;
  readonly state?: StateFilter;
  readonly kind?: (typeof kinds)[number];
  readonly trend?: (typeof trends)[number];
  readonly q?: string;
}

/** What an address may say; the rest of it is ignored. */
export function readDifferencesFilter(search: Record<string, unknown>): DifferencesFilter {
  const text = (name: string): string =>
    ['string', 'number'].includes(typeof search[name]) ? String(search[name]) : '';
  const state = stateFilters.find((one) => one === search['state']);
  const kind = kinds.find((one) => one === search['kind']);
  const trend = trends.find((one) => one === search['trend']);
  return {
    ...(text('migration') !== '' && { migration: text('migration') }),
    ...(state && { state }),
    ...(kind && { kind }),
    ...(trend && { trend }),
    ...(text('q') !== '' && { q: text('q') }),
  };
}

/** In the order in which they came: the API ranks them. */
export function filterSignatures(
  all: readonly ListedSignature[],
  { state, kind, trend, q = '' }: DifferencesFilter,
): ListedSignature[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    const text = `${one.signature} ${one.route} ${one.place} ${one.kind}`.toLowerCase();
    return (
      (state === undefined || groupOf(one) === state) &&
      (kind === undefined || one.kind === kind) &&
      (trend === undefined || one.trend === trend) &&
      words.every((word) => text.includes(word))
    );
  });
}

export function groupOf({ state }: Pick<ListedSignature, 'state'>): StateFilter {
  return state === 'bug' || state === 'expected' || state === 'noise' ? state : 'open';
}
