import type { MigrationStatus, Phase } from '../../../proxy/admin/api-types.ts';

import { readSpan, type Span } from '../charts/spans.ts';

export const sortKeys = ['id', 'phase', 'share', 'agreement', 'errors', 'p99'] as const;
export type SortKey = (typeof sortKeys)[number];

export const phaseNames: readonly Phase[] = ['monolith', 'shadow', 'canary', 'service', 'retired'];

/** As the address has it: what is absent filters nothing. */
export interface OverviewFilter {
  readonly q?: string;
  readonly phase?: Phase;
  readonly sort?: SortKey;
  readonly down?: true;
  /** How far back the estate's progress is shown; it filters nothing. */
  readonly span?: Span;
}

/** What an address may say; the rest of it is ignored. */
export function readOverviewFilter(search: Record<string, unknown>): OverviewFilter {
  const phase = phaseNames.find((one) => one === search['phase']);
  const sort = sortKeys.find((one) => one === search['sort']);
  // The router reads "17" as a number.
  const q = ['string', 'number'].includes(typeof search['q']) ? String(search['q']) : '';
  return {
    ...(q !== '' && { q }),
    ...(phase && { phase }),
    ...(sort && { sort }),
    ...(search['down'] === true && { down: true }),
    ...readSpan(search),
  };
}

/** Those that fit, in the order that was asked for; else by name. */
export function filterMigrations(
  all: readonly MigrationStatus[],
  { q = '', phase, sort = 'id', down }: OverviewFilter,
): MigrationStatus[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (one: MigrationStatus): boolean => {
    const text = `${one.id} ${one.owner ?? ''} ${one.service} ${one.phase}`.toLowerCase();
    return (phase === undefined || one.phase === phase) && words.every((word) => text.includes(word));
  };
  const sign = down ? -1 : 1;
  return all
    .filter(fits)
    .sort((a, b) => sign * compare(sortValue(a, sort), sortValue(b, sort)) || compare(a.id, b.id));
}

function sortValue(one: MigrationStatus, key: SortKey): string | number {
  switch (key) {
    case 'id':
      return one.id;
    case 'phase':
      return phaseNames.indexOf(one.phase);
    case 'share':
      return one.share.effective;
    case 'agreement':
      return one.pairs.agreementAtLeast ?? -1;
    case 'errors':
      return one.traffic.monolith.lastMinute.errors + one.traffic.service.lastMinute.errors;
    case 'p99':
      return Math.max(one.traffic.monolith.lastMinute.p99Ms, one.traffic.service.lastMinute.p99Ms);
  }
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
