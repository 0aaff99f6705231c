import type { Migration } from '../../routing/model.ts';
import type { SeriesProgress, SeriesStanding } from '../../store/series-rows.ts';
import type { MigrationStatus, Phase } from '../model.ts';

/** Where everybody stands, as time series keep it. */
export interface Standings {
  /** By migration. */
  readonly standings: ReadonlyMap<string, SeriesStanding>;
  readonly progress: SeriesProgress;
}

export function standingsOf(
  statuses: readonly Pick<MigrationStatus, 'id' | 'phase' | 'share' | 'pairs'>[],
  migrations: readonly Pick<Migration, 'id' | 'routes'>[],
): Standings {
  const moved = new Set(statuses.filter(({ phase }) => isMoved(phase)).map(({ id }) => id));
  const routesOf = (some: typeof migrations): number =>
    some.reduce((sum, { routes }) => sum + routes.length, 0);
  return {
    standings: new Map(
      statuses.map(({ id, share, pairs: { agreed, differed, incomparable } }) => [
        id,
        { ...share, judgedPairs: agreed + differed + incomparable, judgedAgreed: agreed },
      ]),
    ),
    progress: {
      routes: routesOf(migrations),
      movedRoutes: routesOf(migrations.filter(({ id }) => moved.has(id))),
    },
  };
}

const isMoved = (phase: Phase): boolean => phase === 'service' || phase === 'retired';
