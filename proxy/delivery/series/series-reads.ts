import type { AuditStore } from '../../store/audit.ts';
import type { SeriesStore } from '../../store/series.ts';
import { wholeEstate } from '../../store/series-rows.ts';
import { type EstateSeries, estateSeries, type Sparklines, sparklines } from './estate-series.ts';
import { type Grid, storedSpan } from './grid.ts';
import { markedActions, markerOf, maxMarkers } from './markers.ts';
import { type MigrationSeries, migrationSeries } from './migration-series.ts';

/** What the admin plane reads of time gone by. All reject while the store is away. */
export interface SeriesReads {
  migration(id: string, grid: Grid): Promise<MigrationSeries>;
  estate(grid: Grid): Promise<EstateSeries>;
  sparklines(ids: readonly string[], grid: Grid): Promise<Sparklines>;
}

export function createSeriesReads(deps: {
  readonly store: Pick<SeriesStore, 'read'>;
  readonly audit: Pick<AuditStore, 'within'>;
  /** Writes what was counted here. */
  readonly fresh: () => Promise<void>;
}): SeriesReads {
  const { store, audit, fresh } = deps;
  return {
    async migration(id, grid) {
      await fresh();
      const span = storedSpan(grid);
      const [rows, moves] = await Promise.all([
        store.read([id], span),
        audit.within({
          migration: id,
          actions: markedActions,
          from: new Date(span.fromMs).toISOString(),
          to: new Date(span.toMs).toISOString(),
          limit: maxMarkers,
        }),
      ]);
      return migrationSeries(id, grid, rows, moves.map(markerOf).reverse());
    },

    async estate(grid) {
      await fresh();
      return estateSeries(grid, await store.read([wholeEstate], storedSpan(grid)));
    },

    async sparklines(ids, grid) {
      await fresh();
      return sparklines(grid, ids, await store.read(ids, storedSpan(grid)));
    },
  };
}
