import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { MigrationStatus, SideTraffic, Sparklines } from '../../../proxy/admin/api-types.ts';
import { errorPercent, errorRate } from '../charts/error-rate.ts';
import { sparklines } from '../charts/queries.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { count, milliseconds, percent, ratio, visible } from '../format.ts';
import { GuardedButton } from '../moves/guarded-button.tsx';
import { useWhyNot } from '../moves/permission.ts';
import { useRollBack } from '../moves/roll-back.tsx';
import { Badge } from '../parts/badge.tsx';
import { PhaseTrack } from '../parts/phase-track.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import type { OverviewFilter, SortKey } from './filter.ts';
import { holdingBack } from './holding-back.ts';

interface TableProps {
  readonly shown: readonly MigrationStatus[];
  readonly filter: OverviewFilter;
  readonly onFilter: (filter: OverviewFilter) => void;
}

const columns: readonly { readonly title: string; readonly sortBy?: SortKey; readonly about?: string }[] = [
  { title: 'Migration', sortBy: 'id' },
  { title: 'Phase', sortBy: 'phase' },
  { title: 'Share', sortBy: 'share', about: 'What flags ask, what evidence allows, and the smaller of both' },
  { title: 'Agreement', sortBy: 'agreement', about: 'Lower 95 % bound, over the pairs of the builds of now' },
  { title: 'Errors', sortBy: 'errors', about: 'Answers of 500 and above in the last minute' },
  { title: 'p99', sortBy: 'p99', about: 'In the last minute' },
  { title: 'What holds it back' },
  { title: 'Back' },
];

export function MigrationTable({ shown, filter, onFilter }: TableProps) {
  // While it is away the rows say all the rest.
  const { data: lately } = useQuery(sparklines);
  return (
    <table className="migrations">
      <thead>
        <tr>
          {columns.map((column) => (
            <ColumnHead key={column.title} {...column} filter={filter} onFilter={onFilter} />
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((one) => (
          <Row key={one.id} status={one} lately={lately?.migrations.find(({ id }) => id === one.id)} />
        ))}
      </tbody>
    </table>
  );
}

function ColumnHead({
  title,
  sortBy,
  about,
  filter,
  onFilter,
}: (typeof columns)[number] & Pick<TableProps, 'filter' | 'onFilter'>) {
  if (sortBy === undefined) return <th scope="col">{title}</th>;
  const isSorted = (filter.sort ?? 'id') === sortBy;
  const { down, ...rest } = filter;
  const next: OverviewFilter = { ...rest, sort: sortBy, ...(isSorted && !down && { down: true as const }) };
  return (
    <th scope="col" aria-sort={isSorted ? (down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className="sort" onClick={() => onFilter(next)} {...(about && { title: about })}>
        {title}
        <span aria-hidden="true">{isSorted ? (down ? '↓' : '↑') : ''}</span>
      </button>
    </th>
  );
}

function Row({
  status,
  lately,
}: {
  status: MigrationStatus;
  lately: Sparklines['migrations'][number] | undefined;
}) {
  const { id, owner, phase, share, pairs, traffic, latch } = status;
  const { text, more } = holdingBack(status);
  const rollBack = useRollBack();
  const whyNot = useWhyNot()('operator');
  return (
    <tr data-migration={id}>
      <th scope="row">
        <Link to="/migrations/$migration" params={{ migration: id }}>
          {visible(id)}
        </Link>
        <span className="muted owner">{visible(owner ?? 'no owner')}</span>
      </th>
      <td data-label="Phase">
        <PhaseTrack phase={phase} share={share.effective} />
      </td>
      <td data-label="Share">
        <span className="share-text">
          <strong>{percent(share.effective)}</strong>
          <span className="muted">
            asked {percent(share.asked)}, allowed {percent(share.allowed)}
          </span>
        </span>
        <ShareBar share={share} />
      </td>
      <td data-label="Agreement" className="number">
        {pairs.agreementAtLeast === undefined ? (
          <span className="muted">no pairs</span>
        ) : (
          <>
            ≥ {ratio(pairs.agreementAtLeast)}
            <span className="muted below">{count(pairs.agreed + pairs.differed)} pairs</span>
          </>
        )}
      </td>
      <td data-label="Errors" className="number">
        <Sides traffic={traffic} show={({ lastMinute }) => count(lastMinute.errors)} />
        <Sparkline title="Errors" both={lately} values={errorRate} format={errorPercent} />
      </td>
      <td data-label="p99" className="number">
        <Sides traffic={traffic} show={({ lastMinute }) => milliseconds(lastMinute.p99Ms)} />
        <Sparkline title="p99" both={lately} values={({ p99Ms }) => p99Ms} format={milliseconds} />
      </td>
      <td data-label="Holds" className="holds">
        {latch && <Badge tone="bad">guard</Badge>} <Sentence text={text} />
        {more > 0 && <span className="muted"> and {more} more</span>}
      </td>
      <td data-label="" className="back">
        {(share.effective > 0 || share.asked > 0) && (
          <GuardedButton className="danger" whyNot={whyNot} onClick={() => rollBack(id)}>
            Roll back <span className="hidden">{visible(id)}</span> …
          </GuardedButton>
        )}
      </td>
    </tr>
  );
}

/** The same number of both sides, one below the other. */
function Sides({
  traffic,
  show,
}: {
  traffic: MigrationStatus['traffic'];
  show: (side: SideTraffic) => string;
}) {
  return (
    <span className="sides">
      <span>
        <span className="muted">monolith</span>{' '}
        {traffic.monolith.lastMinute.requests === 0 ? '–' : show(traffic.monolith)}
      </span>
      <span>
        <span className="muted">service</span>{' '}
        {traffic.service.lastMinute.requests === 0 ? '–' : show(traffic.service)}
      </span>
    </span>
  );
}
