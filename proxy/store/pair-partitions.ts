import type { Database } from './database.ts';

export interface RetentionLimits {
  readonly maxAgeDays: number;
  /** On disk, with indexes; the newest partition goes, too, when it alone is over it. */
  readonly maxBytes: number;
}

export interface PairPartitions {
  /** Makes the partitions that pairs of these ISO times need, unless they were seen to be there. */
  ensure(times: readonly string[]): Promise<void>;
  /** What was seen to be there is looked at again. */
  forget(): void;
  /** Makes partitions ahead, and drops what is over the limits, the oldest first. */
  prune(limits: RetentionLimits): Promise<void>;
}

/** As `ficus.make_pair_partitions` has it. */
const partitionMs = 2 * 3_600_000;
/** The present partition and those that pairs will need next. */
const madeAhead = 3;
/** Dropped in one transaction: each takes a few locks, of which Postgres has a table of limited size. */
const droppedAtOnce = 16;

/** Partitions of `ficus.pairs`, `ficus.samples` and `ficus.sealed_values`, which are made and dropped together. */
export function createPairPartitions(database: Database): PairPartitions {
  let known = new Set<number>();

  return {
    async ensure(times) {
      const starts = times.map((time) => Math.floor(Date.parse(time) / partitionMs));
      const missing = times.filter((_, index) => !known.has(starts[index]!));
      if (missing.length === 0) return;
      await database.query('select ficus.make_pair_partitions($1)', [missing]);
      for (const start of starts) if (!Number.isNaN(start)) known.add(start);
    },

    forget() {
      known = new Set();
    },

    async prune({ maxAgeDays, maxBytes }) {
      await database.query(
        `select ficus.make_pair_partitions(array(
           select now() + n * interval '2 hours' from generate_series(0, $1::int - 1) as n))`,
        [madeAhead],
      );
      const suffixes = await overLimits(database, maxAgeDays, maxBytes);
      for (let i = 0; i < suffixes.length; i += droppedAtOnce)
        await drop(database, suffixes.slice(i, i + droppedAtOnce));
      if (suffixes.length > 0) known = new Set();
    },
  };
}

/** Suffixes of the partitions to drop, oldest first: `2026112410`. */
async function overLimits(database: Database, maxAgeDays: number, maxBytes: number): Promise<string[]> {
  const rows = await database.query<{ suffix: string }>(
    `with partitions as (
       select substr(c.relname, 7) as suffix,
         pg_total_relation_size(c.oid) + pg_total_relation_size(to_regclass('ficus.samples_' || substr(c.relname, 7)))
           + coalesce(pg_total_relation_size(to_regclass('ficus.sealed_values_' || substr(c.relname, 7))), 0) as bytes,
         exists_rows
       from pg_inherits i
       join pg_class c on c.oid = i.inhrelid
       cross join lateral (select pg_relation_size(c.oid) > 0 as exists_rows) as filled
       where i.inhparent = 'ficus.pairs'::regclass)
     select suffix from (
       select suffix, exists_rows,
         sum(case when exists_rows then bytes else 0 end) over (order by suffix desc) as total
       from partitions) as kept
     where suffix < to_char((now() - make_interval(days => $1, hours => 2)) at time zone 'UTC', 'YYYYMMDDHH24')
       or (exists_rows and total > $2)
     order by suffix`,
    [maxAgeDays, maxBytes],
  );
  return rows.map(({ suffix }) => suffix);
}

async function drop(database: Database, suffixes: readonly string[]): Promise<void> {
  // By a function of the owner's: the role that Ficus runs as need not own a table.
  await database.query('select ficus.drop_pair_partitions($1)', [suffixes]);
}
