import type { ReplayReport, ReplayRoute, ReplaySignature } from '../../proxy/replay/protocol.ts';
import { count, counted, milliseconds, part } from '../format.ts';
import type { Paint } from '../paint.ts';
import { duration } from '../progress.ts';
import { renderTable } from '../table.ts';

interface Terminal {
  readonly width: number | undefined;
  readonly paint: Paint;
}

/** The report of a replay: as `ficus diffs` shows live traffic, with what was left out. */
export function renderReplay(report: ReplayReport, terminal: Terminal): string {
  const { paint } = terminal;
  const passed = report.failures.length === 0;
  const mark = passed ? paint('green', '✓') : paint('red', '✗');
  return [
    `${mark} ${paint('bold', headline(report))}`,
    ...skippedLines(report),
    ...report.incomparableReasons
      .slice(0, 5)
      .map(({ reason, pairs }) => `  not comparable in ${counted(pairs, 'pair')}: ${reason}`),
    latencyLine(report),
    ...(report.signatures.length > 0 ? ['', signatureTable(report, terminal)] : []),
    ...(report.unlistedSignatures > 0
      ? [`… and ${counted(report.unlistedSignatures, 'signature')} more`]
      : []),
    ...(report.routes.length > 0 ? ['', routeTable(report.routes, terminal)] : []),
  ].join('\n');
}

function headline({ pairs, agreed, noise, excused, differed, incomparable, ...run }: ReplayReport): string {
  const { done, exchanges, seconds } = run;
  const all =
    done === exchanges
      ? counted(exchanges, 'exchange')
      : `${count(done)} of ${counted(exchanges, 'exchange')}`;
  const butFor = [
    ...(noise > 0 ? [`${count(noise)} but for noise`] : []),
    ...(excused > 0 ? [`${count(excused)} but for what verdicts excuse`] : []),
  ];
  const parts = [
    `${count(agreed)} agree${butFor.length > 0 ? ` (${butFor.join(', ')})` : ''}`,
    ...(differed > 0 ? [`${count(differed)} differ`] : []),
    ...(incomparable > 0 ? [`${count(incomparable)} can't be compared`] : []),
  ];
  return `${all} in ${duration(seconds * 1000)}; of ${counted(pairs, 'pair')} ${parts.join(', ')} (agreement ${part(agreed, pairs)})`;
}

function skippedLines({ skipped, malformed }: ReplayReport): string[] {
  const reasons = Object.entries(skipped).map(([reason, number]) => `${reason} ${count(number)}`);
  return [
    ...(reasons.length > 0 ? [`  not sent: ${reasons.join(', ')}`] : []),
    ...(malformed > 0 ? [`  not read: ${counted(malformed, 'line')}`] : []),
  ];
}

function latencyLine({ latency, behindMs }: ReplayReport): string {
  const side = (name: string, { p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }) =>
    `${name} p50 ${milliseconds(p50Ms)}, p99 ${milliseconds(p99Ms)}`;
  const sides = [
    ...(latency.monolith ? [side('monolith', latency.monolith)] : []),
    side('service', latency.service),
  ];
  const behind = behindMs >= 100 ? `; up to ${milliseconds(behindMs)} late, which counts as latency` : '';
  return `  ${sides.join('; ')}${behind}`;
}

function signatureTable({ signatures, routes }: ReplayReport, terminal: Terminal): string {
  const pairsOf = (row: ReplaySignature): number => {
    const found = routes.find(({ migration, route }) => migration === row.migration && route === row.route);
    return found ? found.agreed + found.differed + found.incomparable : 0;
  };
  return renderTable<ReplaySignature>(
    [
      { title: 'SIGNATURE', cell: ({ signature }) => signature },
      { title: '', cell: ({ isNew, verdict }) => verdict?.state ?? (isNew ? 'new' : '') },
      { title: 'ROUTE', wrapTo: 16, cell: ({ route }) => route },
      { title: 'PLACE', wrapTo: 12, cell: ({ place }) => place },
      { title: 'KIND', cell: ({ kind }) => kind },
      { title: 'PAIRS', align: 'right', cell: ({ pairs }) => count(pairs) },
      { title: 'OF ROUTE', align: 'right', cell: (row) => part(row.pairs, pairsOf(row)) },
      {
        title: 'MONOLITH → SERVICE',
        wrapTo: 24,
        aside: 'monolith → service',
        cell: ({ monolith = '(nothing)', service = '(nothing)' }) => `${monolith} → ${service}`,
      },
    ],
    signatures,
    terminal,
  );
}

function routeTable(routes: readonly ReplayRoute[], terminal: Terminal): string {
  return renderTable<ReplayRoute>(
    [
      { title: 'ROUTE', wrapTo: 20, cell: ({ route }) => route },
      { title: 'PAIRS', align: 'right', cell: (row) => count(pairsIn(row)) },
      { title: 'AGREE', align: 'right', cell: (row) => part(row.agreed, pairsIn(row)) },
      { title: 'DIFFER', align: 'right', cell: ({ differed }) => count(differed) },
      { title: 'NOT COMPARED', align: 'right', cell: ({ incomparable }) => count(incomparable) },
    ],
    routes,
    terminal,
  );
}

function pairsIn({ agreed, differed, incomparable }: ReplayRoute): number {
  return agreed + differed + incomparable;
}
