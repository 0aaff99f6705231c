import type { VerdictRow } from '../store/model.ts';
import { type JudgedSignature, stand } from './judge.ts';

/** A signature with a verdict in force, or that was measured to be noise: what a replay elsewhere may go by. */
export interface StandingVerdict {
  readonly signature: string;
  readonly migration: string;
  readonly route: string;
  readonly place: string;
  readonly kind: VerdictRow['kind'];
  readonly state: VerdictRow['verdict'];
  readonly by: 'verdict' | 'measured';
  readonly owner?: string;
  readonly reason?: string;
  /** ISO time at which it ends. */
  readonly until?: string;
}

const states: ReadonlySet<string> = new Set(['bug', 'expected', 'noise']);
const neverAskedTwice = { pairs: 0, both: 0, serviceOnly: 0, monolithOnly: 0 };

/** Also those on what only other builds have shown: the next build may show it again. In the order of their places. */
export function standingVerdicts(
  migration: string,
  judged: readonly JudgedSignature[],
  verdicts: ReadonlyMap<string, VerdictRow>,
  nowMs: number,
): StandingVerdict[] {
  const shown = new Map(judged.map((one) => [one.signature, one]));
  const judgedOnly = [...verdicts.values()].filter(({ signature }) => !shown.has(signature));
  const all = [
    ...judged,
    ...judgedOnly.map((verdict) => ({ ...verdict, ...stand(verdict, neverAskedTwice, nowMs), verdict })),
  ];
  return all
    .filter(({ state }) => states.has(state))
    .map(({ signature, route, place, kind, state, by = 'measured', verdict }) => ({
      signature,
      migration,
      route,
      place,
      kind,
      state: state as StandingVerdict['state'],
      by,
      ...(by === 'verdict' && verdict && wordsOf(verdict)),
    }))
    .sort((a, b) => (`${a.route} ${a.place}` < `${b.route} ${b.place}` ? -1 : 1));
}

function wordsOf({ owner, reason, until }: VerdictRow): Pick<StandingVerdict, 'owner' | 'reason' | 'until'> {
  return { owner, reason, ...(until !== undefined && { until }) };
}
