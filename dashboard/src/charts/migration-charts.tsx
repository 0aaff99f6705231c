import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { MigrationSeries } from '../../../proxy/admin/api-types.ts';
import { visible } from '../format.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Time } from '../parts/time.tsx';
import { Chart } from './chart.tsx';
import { timesOf } from './chart-model.ts';
import { type MarkerGroup, markerGroups, markerText, migrationPanels } from './migration-panels.ts';
import { migrationSeries } from './queries.ts';
import type { Span } from './spans.ts';

/** How a migration did over time; a point that is read in one chart is read in all of them. */
export default function MigrationCharts({ id, span }: { id: string; span: Span }) {
  return (
    <Loaded query={useQuery(migrationSeries(id, span))}>{(series) => <Charts series={series} />}</Loaded>
  );
}

function Charts({ series }: { series: MigrationSeries }) {
  const [point, setPoint] = useState<number | null>(null);
  const panels = useMemo(() => migrationPanels(series, Date.now()), [series]);
  const groups = useMemo(() => markerGroups(series), [series]);
  const times = useMemo(() => timesOf(series), [series]);
  return (
    <>
      <div className="charts">
        {panels.map((panel) => (
          <Chart
            key={panel.title}
            {...{ panel, times, point }}
            stepSeconds={series.stepSeconds}
            marks={groups}
            height={168}
            onPoint={setPoint}
          />
        ))}
      </div>
      <Moves groups={groups} />
    </>
  );
}

/** What the numbers above the charts stand for, the newest first. */
function Moves({ groups }: { groups: readonly MarkerGroup[] }) {
  const numbered = groups.filter(({ label }) => label !== '').reverse();
  const others = groups.length - numbered.length;
  if (numbered.length === 0) return <p className="muted small">Nothing moved it in this time.</p>;
  return (
    <section aria-label="Moves in the charts">
      <ol className="chart-moves">
        {numbered.map(({ label, at, markers }) => (
          <li key={at}>
            <span className="number-mark">{label}</span>
            <span className="muted">
              <Time at={new Date(at * 1000).toISOString()} />
            </span>
            <span>
              {markers.map((marker) => (
                <span key={marker.seq} className="chart-move">
                  <strong>{visible(markerText(marker))}</strong> by {visible(marker.actor)}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
      {others > 0 && (
        <p className="muted small">and {others} more before them, in the charts without a number.</p>
      )}
    </section>
  );
}
