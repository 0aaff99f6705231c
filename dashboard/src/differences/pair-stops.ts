import type { PairRow } from '../../../proxy/admin/api-types.ts';
import type { Mark } from './body/mark-rows.ts';

/** A place of a pair that differs, to be jumped to. */
export interface PairStop {
  /** `status`, `header:etag`, `row:17`. */
  readonly id: string;
  /** Of the signature that is looked at. */
  readonly isOwn: boolean;
}

/** From top to bottom: status, headers by name, lines of the bodies. */
export function pairStops(
  { differences }: Pick<PairRow, 'differences'>,
  signature: string,
  marks: readonly Mark[],
): PairStop[] {
  const heads = new Map<string, boolean>();
  for (const { place, signature: of } of differences) {
    const id = headOf(place);
    if (id !== undefined) heads.set(id, heads.get(id) === true || of === signature);
  }
  const rank = (id: string) => (id === 'status' ? '' : id);
  return [
    ...[...heads].map(([id, isOwn]) => ({ id, isOwn })).sort((a, b) => (rank(a.id) < rank(b.id) ? -1 : 1)),
    ...marks.flatMap((mark, line) =>
      mark === 'own' || mark === 'other' ? [{ id: `row:${line}`, isOwn: mark === 'own' }] : [],
    ),
  ];
}

/** `header:set-cookie/sid/path` is in the row of `header:set-cookie`. */
function headOf(place: string): string | undefined {
  if (place === 'status') return place;
  return place.startsWith('header:') ? place.split('/')[0]!.toLowerCase() : undefined;
}

/** The stop to go to: the first time the first one that is asked about, then round and round. */
export function nextStop(
  stops: readonly PairStop[],
  at: string | undefined,
  step: 1 | -1,
): PairStop | undefined {
  const now = stops.findIndex(({ id }) => id === at);
  if (now < 0) return stops.find(({ isOwn }) => isOwn) ?? stops[0];
  return stops[(now + step + stops.length) % stops.length];
}
