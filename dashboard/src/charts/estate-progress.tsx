import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Loaded } from '../parts/loaded.tsx';
import { progressText } from './estate-panel.ts';
import { estateSeries } from './queries.ts';
import { SpanChoice } from './span-choice.tsx';
import type { Span } from './spans.ts';

const EstateChart = lazy(() => import('./estate-chart.tsx'));

/** How far the whole estate has come. Its chart comes after the overview's first content. */
export function EstateProgress({ span, onSpan }: { span: Span; onSpan: (span: Span) => void }) {
  const query = useQuery(estateSeries(span));
  return (
    <section className="card estate-progress" aria-label="Progress of the estate">
      <div className="section-head">
        <p className="small">
          {(query.data && progressText(query.data)) ?? 'Nothing was counted in this time.'}
        </p>
        <SpanChoice span={span} onSpan={onSpan} />
      </div>
      <div className="chart-place">
        <Suspense>
          <Loaded query={query}>{(series) => <EstateChart series={series} />}</Loaded>
        </Suspense>
      </div>
    </section>
  );
}
