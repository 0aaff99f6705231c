import type { MigrationStatus, SideTraffic } from '../../proxy/admin/api-types.ts';
import { count, counted, localTime, milliseconds, none, part, share } from '../format.ts';
import type { Paint } from '../paint.ts';
import { renderTable } from '../table.ts';
import { bulletList, wrapText } from '../wrap-text.ts';
import { renderLatch } from './latch-view.ts';
import { overrideText } from './override-text.ts';
import { rampFacts } from './status-ramp.ts';
import { agreement } from './status-table.ts';

type Terminal = { readonly width: number | undefined; readonly paint: Paint };

export function renderStatusDetail(status: MigrationStatus, terminal: Terminal): string {
  const { pairs, traffic } = status;
  const dropped = Object.entries(traffic.shadowDropped).map(
    ([reason, copies]) => `${count(copies)} ${reason}`,
  );
  const facts: [string, string][] = [
    ['phase', `${status.phase} since ${localTime(status.since)}`],
    ['owner', status.owner ?? none],
    ['share', shares(status)],
    ...rampFacts(status),
    ...(status.override ? [['override', overrideText(status.override)] satisfies [string, string]] : []),
    ['shadow', `${share(status.shadowShare)} of the requests are copied`],
    ['agreement', agreement(status)],
    [
      'pairs',
      `${count(pairs.agreed)} agreed, ${count(pairs.differed)} differed, ${count(pairs.incomparable)} incomparable`,
    ],
    ['not copied', dropped.join(', ') || none],
    ['gate', status.gate],
    ...drillFact(status),
    ['revision', String(status.revision)],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const room = Math.max((terminal.width ?? Number.POSITIVE_INFINITY) - width - 4, 20);
  const lines = facts.flatMap(([name, text]) =>
    wrapText(text, room).map((line, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${line}`),
  );
  const holds = status.holds.length === 0 ? ['  nothing holds it'] : bulletList(status.holds, terminal.width);
  const fallbacks =
    traffic.fallbacks > 0
      ? [`${counted(traffic.fallbacks, 'request')} meant for the service ended at the monolith.`]
      : [];
  const latched = status.latch ? [renderLatch(status, terminal.width, terminal.paint), ''] : [];
  return [
    ...latched,
    terminal.paint('bold', `${status.id}: from the monolith to ${status.service}`),
    ...lines,
    '',
    renderSides(status, terminal),
    ...fallbacks,
    '',
    terminal.paint('bold', 'Why not further'),
    ...holds,
    ...renderWarnings(status.warnings, terminal),
  ].join('\n');
}

/** When the way back was last measured, and what came out. */
function drillFact({ lastDrill }: MigrationStatus): [string, string][] {
  if (!lastDrill) return [];
  const { at, share: taken, wayBackMs, failed, requests } = lastDrill;
  const failures = `${count(failed)} of ${counted(requests, 'request')} failed`;
  return [
    ['last drill', `${share(taken)} back in ${milliseconds(wayBackMs)}, ${failures}, ${localTime(at)}`],
  ];
}

/** What holds nothing back, below a line of its own; nothing where there is none. */
export function renderWarnings(warnings: readonly string[] = [], { width, paint }: Terminal): string[] {
  return warnings.length === 0 ? [] : ['', paint('yellow', 'Warnings'), ...bulletList(warnings, width)];
}

/** `25% asked, 5% allowed, 5% effective`. */
export function shares({ share: { asked, allowed, effective } }: MigrationStatus): string {
  return `${share(asked)} asked, ${share(allowed)} allowed, ${share(effective)} effective`;
}

interface SideRow {
  readonly side: 'monolith' | 'service';
  readonly build: string;
  readonly over: string;
  readonly requests: number;
  readonly errors: number;
  readonly p50: string;
  readonly p99: string;
}

function renderSides({ builds, traffic }: MigrationStatus, terminal: Terminal): string {
  return renderTable<SideRow>(
    [
      { title: 'SIDE', cell: ({ side }) => side },
      { title: 'BUILD', cell: ({ build }) => build, wrapTo: 12 },
      { title: 'OVER', cell: ({ over }) => over },
      { title: 'REQUESTS', align: 'right', cell: ({ requests }) => count(requests) },
      { title: 'ERRORS', align: 'right', cell: ({ errors, requests }) => part(errors, requests) },
      { title: 'P50', align: 'right', cell: ({ p50 }) => p50 },
      { title: 'P99', align: 'right', cell: ({ p99 }) => p99 },
    ],
    [
      ...sideRows('monolith', builds.monolith, traffic.monolith),
      ...sideRows('service', builds.service, traffic.service),
    ],
    terminal,
  );
}

function sideRows(
  side: SideRow['side'],
  build: string,
  { lastMinute, ...sinceStart }: SideTraffic,
): SideRow[] {
  const { requests, p50Ms, p99Ms } = lastMinute;
  const [p50 = none, p99 = none] = requests === 0 ? [] : [milliseconds(p50Ms), milliseconds(p99Ms)];
  return [
    { side, build, over: 'the last minute', ...lastMinute, p50, p99 },
    { side, build, over: 'all since the start', ...sinceStart, p50: none, p99: none },
  ];
}
