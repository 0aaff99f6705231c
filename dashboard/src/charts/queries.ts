import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { EstateSeries, MigrationSeries, Sparklines } from '../../../proxy/admin/api-types.ts';
import { read } from '../api/client.ts';
import { migrationPath } from '../api/queries.ts';
import { type Span, spans } from './spans.ts';

const sparksMs = 15_000;

/** What is looked at closely follows closely. */
const refetchMs = (span: Span): number => (span === '1h' ? 5_000 : 30_000);

const spanQuery = (span: Span): string =>
  `from=${encodeURIComponent(new Date(Date.now() - spans[span]).toISOString())}`;

export const migrationSeries = (id: string, span: Span) =>
  queryOptions({
    queryKey: ['series', 'migration', id, span],
    queryFn: ({ signal }) => read<MigrationSeries>(`${migrationPath(id)}/series?${spanQuery(span)}`, signal),
    refetchInterval: refetchMs(span),
    placeholderData: keepPreviousData,
  });

export const estateSeries = (span: Span) =>
  queryOptions({
    queryKey: ['series', 'estate', span],
    queryFn: ({ signal }) => read<EstateSeries>(`/api/estate/series?${spanQuery(span)}`, signal),
    refetchInterval: refetchMs(span),
    placeholderData: keepPreviousData,
  });

export const sparklines = queryOptions({
  queryKey: ['series', 'sparklines'],
  queryFn: ({ signal }) => read<Sparklines>('/api/series', signal),
  refetchInterval: sparksMs,
});
