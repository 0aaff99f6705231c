import { lockClass, locks } from './advisory-locks.ts';
import type { Database, Query } from './database.ts';
import { postgresText } from './postgres-text.ts';
import { type Columns, columns, columnTypes, rowOf, valuesOf } from './series-columns.ts';
import { mergeSeries, type SeriesRow } from './series-rows.ts';

export interface SeriesTier {
  readonly stepSeconds: number;
  readonly keptSeconds: number;
}

const DAY = 86_400;

/** What time is cut into, the finest first, and for how long each is kept. */
export const seriesTiers: readonly SeriesTier[] = [
  { stepSeconds: 60, keptSeconds: 2 * DAY },
  { stepSeconds: 300, keptSeconds: 8 * DAY },
  { stepSeconds: 1800, keptSeconds: 31 * DAY },
  { stepSeconds: 7200, keptSeconds: 92 * DAY },
];

/** A span of time in steps of one tier: from then on, and before then. */
export interface SeriesSpan {
  readonly stepSeconds: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface SeriesStore {
  /** Adds counted minutes to what there is, in every tier, all or nothing. */
  add(minutes: readonly SeriesRow[]): Promise<void>;
  /** Of these migrations, or of `wholeEstate`, by migration and time. */
  read(migrations: readonly string[], span: SeriesSpan): Promise<SeriesRow[]>;
  /** Drops what its tier no longer keeps. */
  prune(nowMs: number): Promise<void>;
}

export function createSeriesStore(database: Database): SeriesStore {
  return {
    async add(minutes) {
      const added = mergeSeries(minutes.flatMap(inEveryTier));
      if (added.length === 0) return;
      await database.transaction(async (query) => {
        // What is there is read, added to and written again: one replica at a time.
        await query('select pg_advisory_xact_lock($1, $2)', [lockClass, locks.series]);
        await write(query, mergeSeries([...(await readKept(query, added)), ...added]));
      });
    },

    async read(migrations, { stepSeconds, fromMs, toMs }) {
      const rows = await database.query<Columns>(
        `select ${columns} from ficus.series s
         where migration = any($1) and step_seconds = $2 and at >= $3 and at < $4 order by migration, at`,
        [migrations.map(postgresText), stepSeconds, iso(fromMs), iso(toMs)],
        'series',
      );
      return rows.map(rowOf);
    },

    async prune(nowMs) {
      for (const { stepSeconds, keptSeconds } of seriesTiers) {
        await database.query('delete from ficus.series where step_seconds = $1 and at < $2', [
          stepSeconds,
          iso(nowMs - keptSeconds * 1000),
        ]);
      }
    },
  };
}

function inEveryTier(row: SeriesRow): SeriesRow[] {
  return seriesTiers.map(({ stepSeconds }) => ({
    ...row,
    stepSeconds,
    atMs: Math.floor(row.atMs / (stepSeconds * 1000)) * stepSeconds * 1000,
  }));
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Those of the same migrations and steps, as they stand. */
async function readKept(query: Query, rows: readonly SeriesRow[]): Promise<SeriesRow[]> {
  const kept = await query<Columns>(
    `select ${columns} from unnest($1::text[], $2::integer[], $3::timestamptz[])
       as wanted (migration, step_seconds, at) join ficus.series s using (migration, step_seconds, at)`,
    [
      rows.map(({ migration }) => postgresText(migration)),
      rows.map(({ stepSeconds }) => stepSeconds),
      rows.map(({ atMs }) => iso(atMs)),
    ],
    'kept series',
  );
  return kept.map(rowOf);
}

const names = Object.keys(columnTypes);
const keyNames = ['migration', 'step_seconds', 'at'];

const writeStatement = `
  insert into ficus.series (${names.join()})
  select * from unnest(${Object.values(columnTypes).map((type, index) => `$${index + 1}::${type}[]`)})
  on conflict (migration, step_seconds, at) do update set
  ${names.filter((name) => !keyNames.includes(name)).map((name) => `${name} = excluded.${name}`)}`;

async function write(query: Query, rows: readonly SeriesRow[]): Promise<void> {
  const values = rows.map(valuesOf);
  await query(
    writeStatement,
    names.map((_, column) => values.map((row) => row[column])),
    'write series',
  );
}
