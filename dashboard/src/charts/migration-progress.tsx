import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { SpanChoice } from './span-choice.tsx';

const MigrationCharts = lazy(() => import('./migration-charts.tsx'));

const route = getRouteApi('/migrations/$migration');

/** The charts of a migration, with the time that they show in the address. */
export function MigrationProgress({ id }: { id: string }) {
  const { span = '1h' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <section className="card" aria-labelledby="charts-title">
      <div className="section-head">
        <h2 id="charts-title">Over time</h2>
        <SpanChoice
          span={span}
          onSpan={(next) =>
            void navigate({
              search: (before) => ({ ...before, span: next }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      </div>
      <div className="charts-place">
        <Suspense>
          <MigrationCharts id={id} span={span} />
        </Suspense>
      </div>
    </section>
  );
}
