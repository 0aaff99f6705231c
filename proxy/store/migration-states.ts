import type { Database } from './database.ts';
import type { MigrationStateRow } from './model.ts';

export interface MigrationStateStore {
  /** Every migration that ever moved. */
  load(): Promise<MigrationStateRow[]>;
  /**
   * Keeps `state` unless one is there that was taken back more often, or as often and has the same revision or a higher one;
   * of the same, one that holds replaces one that does not. A revision is never lowered.
   */
  save(state: MigrationStateRow): Promise<void>;
}

/** As `timesTakenBack` of delivery has it. */
const timesTakenBack = (row: 'excluded' | 'kept') => `coalesce((${row}.detail ->> 'takenBack')::int, 0)`;

export function createMigrationStateStore(database: Database): MigrationStateStore {
  return {
    load: () =>
      database.query<MigrationStateRow>(
        `select migration, revision, granted, held, granted_at as "grantedAt",
           requests_since_grant as "requestsSinceGrant", phase, phase_since as "phaseSince", detail
         from ficus.migration_states order by migration`,
      ),

    async save(state) {
      await database.query(
        `insert into ficus.migration_states as kept
           (migration, revision, granted, held, granted_at, requests_since_grant, phase, phase_since, detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (migration) do update set
           revision = case when ${timesTakenBack('excluded')} > ${timesTakenBack('kept')}
             then greatest(excluded.revision, kept.revision + 1) else excluded.revision end,
           granted = excluded.granted, held = excluded.held, granted_at = excluded.granted_at,
           requests_since_grant = excluded.requests_since_grant,
           phase = excluded.phase, phase_since = excluded.phase_since, detail = excluded.detail
         where ${timesTakenBack('excluded')} > ${timesTakenBack('kept')}
           or (${timesTakenBack('excluded')} = ${timesTakenBack('kept')} and (kept.revision < excluded.revision
             or (kept.revision = excluded.revision and excluded.held and not kept.held)))`,
        [
          state.migration,
          state.revision,
          state.granted,
          state.held,
          state.grantedAt,
          state.requestsSinceGrant,
          state.phase,
          state.phaseSince,
          JSON.stringify(state.detail),
        ],
      );
    },
  };
}
