import type { SeriesProgress, SeriesRow } from '../../store/series-rows.ts';
import { byPoint, type Grid } from './grid.ts';
import {
  type SeriesGrid,
  type SideSeries,
  sideSeries,
  sumOf,
  toldGrid,
  type Values,
} from './migration-series.ts';

/** How far the whole estate has moved, over time. */
export interface EstateSeries extends SeriesGrid {
  /** Routes in routes.yaml, and those of them in phase `service` or `retired`, at the end of each step. */
  readonly routes: { readonly all: Values; readonly moved: Values };
  /** Answers to clients, on paths that no migration has as well, and those of them by services. */
  readonly traffic: { readonly all: Values; readonly service: Values };
}

export type Sparkline = Pick<SideSeries, 'requests' | 'errors' | 'p99Ms'>;

/** Every migration, shortly. */
export interface Sparklines extends SeriesGrid {
  readonly migrations: readonly {
    readonly id: string;
    readonly monolith: Sparkline;
    readonly service: Sparkline;
  }[];
}

/** `rows` of the whole estate. */
export function estateSeries(grid: Grid, rows: readonly SeriesRow[]): EstateSeries {
  const points = byPoint(grid, rows);
  const atEnd = (of: (progress: SeriesProgress) => number): Values =>
    points.map((step) => {
      const last = step.findLast(({ progress }) => progress)?.progress;
      return last ? of(last) : null;
    });
  return {
    ...toldGrid(grid),
    routes: { all: atEnd(({ routes }) => routes), moved: atEnd(({ movedRoutes }) => movedRoutes) },
    traffic: {
      all: points.map((step) => sumOf(step, ({ monolith, service }) => monolith.requests + service.requests)),
      service: points.map((step) => sumOf(step, ({ service }) => service.requests)),
    },
  };
}

/** `rows` of all of them, by migration. */
export function sparklines(grid: Grid, ids: readonly string[], rows: readonly SeriesRow[]): Sparklines {
  const byMigration = Map.groupBy(rows, ({ migration }) => migration);
  return {
    ...toldGrid(grid),
    migrations: ids.map((id) => {
      const points = byPoint(grid, byMigration.get(id) ?? []);
      return {
        id,
        monolith: sparkline(sideSeries(points, ({ monolith }) => monolith)),
        service: sparkline(sideSeries(points, ({ service }) => service)),
      };
    }),
  };
}

const sparkline = ({ requests, errors, p99Ms }: SideSeries): Sparkline => ({ requests, errors, p99Ms });
