import type { VerdictRow } from '../store/model.ts';
import { minuteText } from '../telemetry/minute-text.ts';
import type { EvidenceCounts } from './evidence-counter.ts';
import type { SignatureCounts } from './evidence-totals.ts';
import type { BugFinding, EvidenceKey, Judgements, OpenSignature, RouteEvidence } from './model.ts';
import { type AskedTwice, exceeds, judgeNoise, minAskedTwice } from './noise.ts';

/**
 * Where a signature stands. `noise` and `expected` count as agreement and hold nothing; `bug` refuses the gate;
 * `unjudged`, `expired` (an expected difference whose time is over) and `returned` (it was said to be noise, and
 * the service shows it more often than the monolith with itself) are open.
 */
export type SignatureState = 'unjudged' | 'expired' | 'returned' | 'bug' | 'expected' | 'noise';

export interface JudgedSignature extends SignatureCounts {
  readonly state: SignatureState;
  /** Whether somebody decided that, or the pairs that were asked twice say it. */
  readonly by?: 'verdict' | 'measured';
  readonly routePairs: number;
  readonly askedTwice: AskedTwice;
  /** The newest, in force or not. */
  readonly verdict?: VerdictRow;
}

export interface JudgeContext {
  readonly key: EvidenceKey;
  readonly verdicts: ReadonlyMap<string, VerdictRow>;
  readonly nowMs: number;
}

/** Every signature that is counted, and where it stands. */
export function judgeSignatures(
  { routes, signatures }: Pick<EvidenceCounts, 'routes' | 'signatures'>,
  { verdicts, nowMs }: Omit<JudgeContext, 'key'>,
): JudgedSignature[] {
  const byRoute = new Map(routes.map((counts) => [counts.route, counts]));
  return signatures.map((counts) => {
    const route = byRoute.get(counts.route);
    const askedTwice = {
      pairs: route?.askedTwice ?? 0,
      both: counts.twiceBoth,
      serviceOnly: counts.twiceService,
      monolithOnly: counts.twiceMonolith,
    };
    const verdict = verdicts.get(counts.signature);
    return {
      ...counts,
      ...stand(verdict, askedTwice, nowMs),
      askedTwice,
      routePairs: route ? route.agreed + route.differed + route.incomparable : 0,
      ...(verdict && { verdict }),
    };
  });
}

type Standing = Pick<JudgedSignature, 'state' | 'by'>;

/** A verdict in force goes before what was measured, but for noise that is shown to be none. */
export function stand(verdict: VerdictRow | undefined, askedTwice: AskedTwice, nowMs: number): Standing {
  const isOver = verdict?.until !== undefined && Date.parse(verdict.until) <= nowMs;
  if (verdict && !isOver) {
    if (verdict.verdict !== 'noise') return { state: verdict.verdict, by: 'verdict' };
    if (exceeds(askedTwice)) return { state: 'returned', by: 'measured' };
    return { state: 'noise', by: 'verdict' };
  }
  if (judgeNoise(askedTwice) === 'noise') return { state: 'noise', by: 'measured' };
  return verdict ? { state: 'expired', by: 'verdict' } : { state: 'unjudged' };
}

export function isExcused({ state }: Standing): boolean {
  return state === 'noise' || state === 'expected';
}

/** Pairs by route, those that differ only in noise and in what is expected as agreeing. */
export function excuseRoutes(
  { routes, sets }: Pick<EvidenceCounts, 'routes' | 'sets'>,
  judged: readonly JudgedSignature[],
): RouteEvidence[] {
  const excusedSignatures = new Set(judged.filter(isExcused).map(({ signature }) => signature));
  const excusedPairs = new Map<string, number>();
  for (const { route, signatures, pairs } of sets) {
    if (!signatures.every((signature) => excusedSignatures.has(signature))) continue;
    excusedPairs.set(route, (excusedPairs.get(route) ?? 0) + pairs);
  }
  return routes.map(({ route, agreed, differed, incomparable }) => {
    const excused = Math.min(excusedPairs.get(route) ?? 0, differed);
    return { route, agreed: agreed + excused, differed: differed - excused, incomparable, excused };
  });
}

/** Signatures that nobody has judged, or whose judgement holds no more, with the sentence that says so. */
export function openSignatures(judged: readonly JudgedSignature[]): OpenSignature[] {
  return judged.flatMap((one) => {
    const { signature, route, place, kind, pairs, state, verdict } = one;
    if (pairs === 0 || (state !== 'unjudged' && state !== 'expired' && state !== 'returned')) return [];
    const note =
      state === 'expired'
        ? `${verdict!.owner} judged it ${verdict!.verdict} until ${day(verdict!.until!)}, which is over`
        : state === 'returned'
          ? `it was judged noise, but of ${one.askedTwice.pairs} pairs asked twice the service alone shows it in ` +
            `${one.askedTwice.serviceOnly} and the monolith alone in ${one.askedTwice.monolithOnly}`
          : undefined;
    return [{ signature, route, place, kind, pairs, ...(note !== undefined && { note }) }];
  });
}

export function judgementsOf(
  counts: Pick<EvidenceCounts, 'routes'>,
  judged: readonly JudgedSignature[],
  context: JudgeContext,
  minPairs: number,
): Judgements {
  const shown = judged.filter(({ pairs }) => pairs > 0);
  return {
    bugs: bugFindings(counts, judged, context, minPairs),
    expected: shown
      .filter(({ state }) => state === 'expected')
      .map(({ signature, route, place, pairs, verdict }) => ({
        signature,
        route,
        place,
        pairs,
        owner: verdict!.owner,
        until: verdict!.until!,
      })),
    noise: shown
      .filter(({ state }) => state === 'noise')
      .map(({ signature, route, place, pairs, by = 'measured' }) => ({ signature, route, place, pairs, by })),
  };
}

/** Also of bugs that no pair shows under the present builds: those say whether they are repaired. */
function bugFindings(
  { routes }: Pick<EvidenceCounts, 'routes'>,
  judged: readonly JudgedSignature[],
  { key, verdicts, nowMs }: JudgeContext,
  minPairs: number,
): BugFinding[] {
  const pairsOf = new Map(judged.map(({ signature, pairs }) => [signature, pairs]));
  const bugs = [...verdicts.values()].filter(
    ({ verdict, until }) => verdict === 'bug' && (until === undefined || Date.parse(until) > nowMs),
  );
  return bugs.map((verdict) => {
    const { signature, route, place, kind, owner, reason, serviceBuild: build } = verdict;
    const pairs = pairsOf.get(signature) ?? 0;
    const counts = routes.find((one) => one.route === route);
    const routePairs = counts ? counts.agreed + counts.differed : 0;
    const cleanPairsAsked = cleanPairsToShowRepair(verdict, minPairs);
    const isSame = build === key.serviceBuild && verdict.rulesHash === key.rulesHash;
    const state = isSame
      ? 'same-build'
      : pairs > 0
        ? 'shown'
        : routePairs < cleanPairsAsked
          ? 'unproven'
          : 'repaired';
    const about = { signature, route, place, kind, owner, reason, build };
    return { ...about, state, pairs, routePairs, cleanPairsAsked };
  });
}

/**
 * Pairs of the route without the bug that would come by chance in only 5 % of cases, had nothing been repaired: n
 * with (1 − rate)^n ≤ 5 %, 3 / rate for rare ones (the rule of three: J. Hanley, A. Lippman-Hand, "If nothing goes
 * wrong, is everything all right?", JAMA 249, 1983). Never more than the gate asks for in all.
 */
function cleanPairsToShowRepair({ pairs, routePairs }: VerdictRow, minPairs: number): number {
  const rate = routePairs === 0 ? 0 : Math.min(1, pairs / routePairs);
  const clean = rate === 0 ? minPairs : rate === 1 ? 1 : Math.ceil(Math.log(0.05) / Math.log1p(-rate));
  return Math.max(1, Math.min(minPairs, clean));
}

/** Why `noise` would contradict what was measured, or undefined. */
export function noiseContradiction({ askedTwice: seen }: JudgedSignature): string | undefined {
  if (exceeds(seen)) {
    return (
      `of ${seen.pairs} pairs asked twice the service alone shows it in ${seen.serviceOnly} and the monolith ` +
      `alone in ${seen.monolithOnly}: the monolith does not explain it`
    );
  }
  if (seen.pairs >= minAskedTwice && seen.both + seen.monolithOnly === 0 && seen.serviceOnly > 0)
    return `the monolith never differs from itself there in ${seen.pairs} pairs asked twice`;
  return undefined;
}

/** `2026-12-01`, or with the time where it is not the end of that day. */
export function day(iso: string): string {
  return iso.endsWith('T23:59:59.999Z') ? iso.slice(0, 10) : minuteText(iso);
}
