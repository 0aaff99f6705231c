import type { SignatureRow, VerdictRow } from '../store/model.ts';
import { isExcused, type JudgedSignature, type SignatureState, stand } from './judge.ts';
import type { AskedTwice } from './noise.ts';
import type { RecentCounts } from './recent-counts.ts';
import { wilsonLowerBound } from './wilson.ts';

/** A signature as QA reads it. */
export interface ListedSignature extends SignatureRow {
  readonly state: SignatureState;
  /** Absent: nobody said so, and nothing that was measured. */
  readonly by?: 'verdict' | 'measured';
  /** `new`: first seen within the last hour, and under no build before; `rising`: more often lately than before. */
  readonly trend?: 'new' | 'rising';
  /** Of the pairs whose request the monolith answered twice: those that showed it against the service, and with itself. */
  readonly askedTwice: { readonly pairs: number; readonly service: number; readonly monolith: number };
  /** The newest, in force or not. */
  readonly verdict?: VerdictRow;
}

const newForMs = 3_600_000;
/** Pairs with it, lately, before anything rises. */
const minRecent = 10;

/** Those that hold the gate first; among them what is new, then what rises, then the larger share of its route. */
export function listSignatures(from: {
  readonly rows: readonly SignatureRow[];
  /** Signatures that were seen under earlier builds. */
  readonly seenBefore: readonly string[];
  readonly judged: readonly JudgedSignature[];
  readonly verdicts: ReadonlyMap<string, VerdictRow>;
  /** Undefined for what is not gathered now. */
  readonly recent: RecentCounts | undefined;
  readonly nowMs: number;
}): ListedSignature[] {
  const { rows, judged, recent, nowMs } = from;
  const seenBefore = new Set(from.seenBefore);
  const bySignature = new Map(judged.map((one) => [one.signature, one]));
  const listed = rows.map((row): ListedSignature => {
    const { state, by, verdict, askedTwice } = bySignature.get(row.signature) ?? standingAlone(row, from);
    const isNew = nowMs - Date.parse(row.firstSeen) < newForMs && !seenBefore.has(row.signature);
    const trend = !recent ? undefined : isNew ? 'new' : isRising(row, recent) ? 'rising' : undefined;
    return {
      ...row,
      state,
      ...(by && { by }),
      ...(trend && { trend }),
      askedTwice: {
        pairs: askedTwice.pairs,
        service: askedTwice.both + askedTwice.serviceOnly,
        monolith: askedTwice.both + askedTwice.monolithOnly,
      },
      ...(verdict && { verdict }),
    };
  });
  return listed.sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
}

/** Where a signature stands in the list: its rank, its share of its route, its pairs, and its id between equals. */
export type ListPlace = readonly [rank: number, share: number, pairs: number, signature: string];

export function placeOf(listed: ListedSignature): ListPlace {
  return [rank(listed), shareOf(listed), listed.pairs, listed.signature];
}

/** Below 0 where `a` is before `b`. */
export function comparePlaces(a: ListPlace, b: ListPlace): number {
  return a[0] - b[0] || b[1] - a[1] || b[2] - a[2] || (a[3] < b[3] ? -1 : a[3] > b[3] ? 1 : 0);
}

const neverAskedTwice: AskedTwice = { pairs: 0, both: 0, serviceOnly: 0, monolithOnly: 0 };

/** Of a signature that the present builds have not shown. */
function standingAlone(
  { signature }: SignatureRow,
  { verdicts, nowMs }: { readonly verdicts: ReadonlyMap<string, VerdictRow>; readonly nowMs: number },
): Pick<JudgedSignature, 'state' | 'by' | 'verdict' | 'askedTwice'> {
  const verdict = verdicts.get(signature);
  const standing = stand(verdict, neverAskedTwice, nowMs);
  return { ...standing, askedTwice: neverAskedTwice, ...(verdict && { verdict }) };
}

/** The rate of the last minutes is higher than the one before, such that their 95 % intervals do not meet. */
function isRising({ route, signature, pairs, routePairs }: SignatureRow, recent: RecentCounts): boolean {
  const lately = recent.of(route, signature);
  const before = { pairs: pairs - lately.pairs, routePairs: routePairs - lately.routePairs };
  if (lately.pairs < minRecent || before.routePairs <= 0 || before.pairs < 0) return false;
  const atMostBefore = 1 - wilsonLowerBound(before.routePairs - before.pairs, before.routePairs);
  return wilsonLowerBound(lately.pairs, lately.routePairs) > atMostBefore;
}

function rank(signature: ListedSignature): number {
  if (isExcused(signature)) return 3;
  return signature.trend === 'new' ? 0 : signature.trend === 'rising' ? 1 : 2;
}

function shareOf({ pairs, routePairs }: SignatureRow): number {
  return routePairs === 0 ? 0 : pairs / routePairs;
}
