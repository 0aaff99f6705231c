import { type SeriesSpan, seriesTiers } from '../../store/series.ts';

/** Points of time at equal distances; point `i` is what was counted from `fromMs + i × stepSeconds` on. */
export interface Grid {
  readonly fromMs: number;
  readonly stepSeconds: number;
  readonly points: number;
}

export interface AskedSpan {
  readonly fromMs: number;
  readonly toMs: number;
  /** Absent: one that shows the span well. */
  readonly stepSeconds?: number;
}

export const maxPoints = 720;
const goodPoints = 360;

/** Those that are stored, and multiples of the coarsest: whatever is asked, few rows are read for a point. */
const steps = [...seriesTiers.map(({ stepSeconds }) => stepSeconds), 6 * 3600, 24 * 3600];

/** Or why it can't be, in a sentence. */
export function gridOf({ fromMs, toMs, stepSeconds }: AskedSpan, nowMs: number): Grid | string {
  if (!(fromMs < toMs)) return 'A span of time begins before it ends: `from` must be before `to`.';
  const kept = seriesTiers.find(({ keptSeconds }) => nowMs - fromMs <= keptSeconds * 1000);
  const finest = (kept ?? seriesTiers.at(-1)!).stepSeconds;
  const step =
    stepSeconds ?? steps.find((one) => one >= finest && pointsOf(fromMs, toMs, one) <= goodPoints + 1);
  if (step === undefined)
    return `A span has at most ${goodPoints} days: ask for a later \`from\`, or several spans.`;
  const points = pointsOf(fromMs, toMs, step);
  if (points > maxPoints) {
    const enough = steps.find((one) => pointsOf(fromMs, toMs, one) <= maxPoints);
    const advice = enough === undefined ? 'a shorter span' : `\`step=${enough}\` or more`;
    return `That would be ${points} points, and ${maxPoints} are allowed: ask for ${advice}.`;
  }
  return { fromMs: floor(fromMs, step), stepSeconds: step, points };
}

/** What of the store the grid is made of: the coarsest tier that its steps are a multiple of. */
export function storedSpan({ fromMs, stepSeconds, points }: Grid): SeriesSpan {
  const tier = seriesTiers.findLast((one) => stepSeconds % one.stepSeconds === 0)!;
  return { stepSeconds: tier.stepSeconds, fromMs, toMs: fromMs + points * stepSeconds * 1000 };
}

/** Rows by the point that they belong to. */
export function byPoint<Row extends { readonly atMs: number }>(grid: Grid, rows: readonly Row[]): Row[][] {
  const points: Row[][] = Array.from({ length: grid.points }, () => []);
  for (const row of rows) {
    points[Math.floor((row.atMs - grid.fromMs) / (grid.stepSeconds * 1000))]?.push(row);
  }
  return points;
}

const floor = (ms: number, stepSeconds: number): number =>
  Math.floor(ms / (stepSeconds * 1000)) * stepSeconds * 1000;

const pointsOf = (fromMs: number, toMs: number, stepSeconds: number): number =>
  Math.ceil((toMs - floor(fromMs, stepSeconds)) / (stepSeconds * 1000));
