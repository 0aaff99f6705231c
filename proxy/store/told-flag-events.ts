import type { Database } from './database.ts';

export interface ToldFlagEvents {
  /** Marks entries of the log of `source` as told; gives those that no replica had told before. */
  claim(source: string, ids: readonly number[]): Promise<number[]>;
}

/** Flips are told seconds after they were made; a replica that was away longer asks for none of these. */
const keptDays = 90;

export function createToldFlagEvents(database: Database): ToldFlagEvents {
  return {
    async claim(source, ids) {
      const rows = await database.query<{ id: string | number }>(
        `insert into ficus.told_flag_events (source, event_id)
         select $1, unnest($2::bigint[]) on conflict do nothing returning event_id as id`,
        [source, [...ids]],
      );
      await database.query(
        `delete from ficus.told_flag_events where source = $1 and at < now() - make_interval(days => $2)`,
        [source, keptDays],
      );
      return rows.map(({ id }) => Number(id));
    },
  };
}
