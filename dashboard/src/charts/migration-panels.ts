import type { MigrationSeries, SeriesMarker, SideSeries, Values } from '../../../proxy/admin/api-types.ts';
import { count, milliseconds, percent, ratio, visible } from '../format.ts';
import { type Line, latest, type Panel, type Tone } from './chart-model.ts';
import { errorPercent, errorRate } from './error-rate.ts';

const tones: readonly Tone[] = ['one', 'two', 'three', 'four', 'five'];
const shownReasons = tones.length - 1;

/** The charts of one migration. `nowMs`: of a step that is not over yet nothing is told that is counted by the minute. */
export function migrationPanels(series: MigrationSeries, nowMs: number): Panel[] {
  const { share, monolith, service, copies, agreement, pairs } = series;
  const perMinute = (values: Values): Values => eachMinute(series, values, nowMs);
  return [
    {
      title: 'Share',
      about:
        'Users that the service answers: what the flag asks, what evidence allows, and the smaller of both',
      format: percent,
      isStepped: true,
      most: 1,
      atMost: 100,
      lines: [
        { label: 'asked', tone: 'quiet', dash: 'long', values: share.asked },
        { label: 'allowed', tone: 'copies', dash: 'short', values: share.allowed },
        { label: 'effective', tone: 'service', values: share.effective },
      ],
    },
    {
      title: 'Errors',
      about: 'Answers of 500 and above, and requests without an answer',
      format: errorPercent,
      most: 0.1,
      atMost: 100,
      lines: withValues([
        { label: 'monolith', tone: 'monolith', values: errorRate(monolith) },
        { label: 'service', tone: 'service', values: errorRate(service) },
        { label: 'service, copies', tone: 'copies', dash: 'short', values: errorRate(copies) },
      ]),
    },
    {
      title: 'Latency',
      about: 'What half, 95 % and 99 % of the answers took at most',
      format: milliseconds,
      most: 1,
      lines: withValues([
        ...percentiles('monolith', 'monolith', monolith),
        ...percentiles('service', 'service', service),
        { label: 'service, copies p99', tone: 'copies', values: copies.p99Ms },
      ]),
    },
    {
      title: 'Agreement',
      about: 'Of all pairs of the builds and rules of then, as it was judged; and its lower 95 % bound',
      format: (value) => ratio(value / 100),
      from: 'least',
      atMost: 100,
      lines: withValues([
        { label: 'agree', tone: 'quiet', dash: 'long', values: times100(agreement.ratio) },
        { label: 'at least', tone: 'service', values: times100(agreement.atLeast) },
      ]),
    },
    {
      title: 'Answers a minute',
      about: 'To clients, by side',
      format: rate,
      most: 1,
      lines: [
        { label: 'monolith', tone: 'monolith', values: perMinute(monolith.requests) },
        { label: 'service', tone: 'service', values: perMinute(service.requests) },
      ],
    },
    {
      title: 'Pairs and dropped copies a minute',
      about: 'Pairs that were compared; copies that were not sent, or not compared, by reason',
      format: rate,
      most: 1,
      lines: withValues([
        {
          label: 'pairs',
          tone: 'service',
          values: perMinute(sum([pairs.agreed, pairs.differed, pairs.incomparable])),
        },
        ...droppedLines(series.dropped).map((line) => ({ ...line, values: perMinute(line.values) })),
      ]),
    },
  ];
}

/** Moves of the same step belong to one place. */
export interface MarkerGroup {
  /** Seconds since 1970. */
  readonly at: number;
  readonly label: string;
  readonly markers: readonly SeriesMarker[];
}

/** The newest are numbered: so many can be told apart. */
export const numberedGroups = 9;

export function markerGroups({
  from,
  stepSeconds,
  markers,
}: Pick<MigrationSeries, 'from' | 'stepSeconds' | 'markers'>): MarkerGroup[] {
  const firstMs = Date.parse(from);
  const groups = [
    ...Map.groupBy(markers, ({ at }) =>
      Math.floor((Date.parse(at) - firstMs) / (stepSeconds * 1000)),
    ).values(),
  ];
  const unnumbered = Math.max(0, groups.length - numberedGroups);
  return groups.map((group, index) => ({
    at: Date.parse(group[0]!.at) / 1000,
    label: index < unnumbered ? '' : String(index - unnumbered + 1),
    markers: group,
  }));
}

/** `promote 5 % → 25 %`. */
export function markerText({ action, from, to }: SeriesMarker): string {
  if (from !== undefined && to !== undefined) return `${action} ${place(from)} → ${place(to)}`;
  if (to !== undefined) return `${action} ${place(to)}`;
  return from === undefined ? action : `${action} from ${place(from)}`;
}

const place = (value: number | string): string => (typeof value === 'number' ? percent(value) : value);

function percentiles(side: string, tone: Tone, { p50Ms, p95Ms, p99Ms }: SideSeries): Line[] {
  return [
    { label: `${side} p50`, tone, dash: 'short', values: p50Ms },
    { label: `${side} p95`, tone, dash: 'long', values: p95Ms },
    { label: `${side} p99`, tone, values: p99Ms },
  ];
}

/** The reasons that most copies were dropped for, and the others together. */
function droppedLines(dropped: MigrationSeries['dropped']): Line[] {
  const total = (values: Values): number => values.reduce<number>((all, value) => all + (value ?? 0), 0);
  const reasons = Object.entries(dropped).sort(([, a], [, b]) => total(b) - total(a));
  const shown: Line[] = reasons.slice(0, shownReasons).map(([reason, values], index) => ({
    label: visible(reason),
    tone: tones[index]!,
    dash: 'long',
    values,
  }));
  const rest = reasons.slice(shownReasons).map(([, values]) => values);
  return rest.length === 0
    ? shown
    : [...shown, { label: 'other reasons', tone: tones[shownReasons]!, dash: 'short', values: sum(rest) }];
}

function sum(all: readonly Values[]): Values {
  const [first = [], ...others] = all;
  return first.map((value, index) =>
    others.reduce<number | null>((total, values) => {
      const other = values[index] ?? null;
      return total === null || other === null ? (total ?? other) : total + other;
    }, value),
  );
}

function eachMinute({ from, stepSeconds }: MigrationSeries, values: Values, nowMs: number): Values {
  const firstMs = Date.parse(from);
  return values.map((value, index) => {
    const isOver = firstMs + (index + 1) * stepSeconds * 1000 <= nowMs;
    return value === null || !isOver ? null : value / (stepSeconds / 60);
  });
}

const withValues = (lines: readonly Line[]): Line[] =>
  lines.filter(({ values }) => latest(values) !== undefined);
const times100 = (values: Values): Values => values.map((value) => (value === null ? null : value * 100));
const rate = (value: number): string =>
  value >= 10 ? count(Math.round(value)) : count(Math.round(value * 10) / 10);
