import type { MigrationStatus, SideTraffic } from '../../proxy/admin/api-types.ts';
import { atLeast, counted, milliseconds, none, part, share } from '../format.ts';
import type { Paint } from '../paint.ts';
import { type Column, renderTable } from '../table.ts';
import { bulletList } from '../wrap-text.ts';
import { overrideText } from './override-text.ts';

const columns: readonly Column<MigrationStatus>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'PHASE', cell: ({ phase }) => phase },
  { title: 'ASKED', align: 'right', cell: (status) => share(status.share.asked) },
  { title: 'ALLOWED', align: 'right', cell: (status) => share(status.share.allowed) },
  { title: 'EFFECTIVE', align: 'right', cell: (status) => share(status.share.effective) },
  { title: 'SHADOW', align: 'right', cell: ({ shadowShare }) => share(shadowShare) },
  { title: 'AGREEMENT', aside: 'agreement', cell: agreement },
  { title: 'ERRORS', aside: 'errors', cell: errors },
  { title: 'P99', aside: 'p99', cell: p99 },
  { title: 'WHY NOT FURTHER', aside: 'why not further', wrapTo: 36, cell: firstHold },
];

export function renderStatusTable(
  migrations: readonly MigrationStatus[],
  terminal: { readonly width: number | undefined; readonly paint: Paint },
): string {
  if (migrations.length === 0) return 'routes.yaml names no migration: every path goes to the monolith.';
  const legend = 'Errors and p99: monolith / service, over the last minute.';
  const overrides = migrations.flatMap(({ id, override }) =>
    override === undefined ? [] : [`${id}: ${overrideText(override)}`],
  );
  const { paint, width } = terminal;
  return [
    renderTable(columns, migrations, terminal),
    '',
    paint('dim', legend),
    ...(overrides.length > 0 ? ['', paint('yellow', 'Overridden'), ...bulletList(overrides, width)] : []),
  ].join('\n');
}

/** `≥ 99.51% of 12,345 pairs`: the bound, and the pairs it rests on. */
export function agreement({ pairs }: MigrationStatus): string {
  if (pairs.agreementAtLeast === undefined) return none;
  return `${atLeast(pairs.agreementAtLeast)} of ${counted(pairs.agreed + pairs.differed + pairs.incomparable, 'pair')}`;
}

function errors({ traffic }: MigrationStatus): string {
  return bothSides(traffic, ({ lastMinute }) => part(lastMinute.errors, lastMinute.requests));
}

function p99({ traffic }: MigrationStatus): string {
  return bothSides(traffic, ({ lastMinute }) => milliseconds(lastMinute.p99Ms));
}

/** `monolith / service`, without a figure where a side had no request. */
function bothSides(traffic: MigrationStatus['traffic'], figure: (side: SideTraffic) => string): string {
  const sides = [traffic.monolith, traffic.service];
  if (sides.every(({ lastMinute }) => lastMinute.requests === 0)) return none;
  return sides.map((side) => (side.lastMinute.requests === 0 ? none : figure(side))).join(' / ');
}

function firstHold({ id, holds: [first, ...others] }: MigrationStatus): string {
  if (first === undefined) return none;
  return others.length === 0 ? first : `${first} (${others.length} more: ficus gate ${id})`;
}
