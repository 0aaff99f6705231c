import type { Database } from './database.ts';

export interface DayCounts {
  /** Requests of clients on the migration's routes that the monolith answered, and the service. */
  readonly monolithHits: number;
  readonly serviceHits: number;
  /** Pairs whose copy went back to the monolith, by outcome. */
  readonly reverseAgreed: number;
  readonly reverseDiffered: number;
  readonly reverseIncomparable: number;
}

export interface DayRow extends DayCounts {
  readonly migration: string;
  /** `2026-11-24`, UTC. */
  readonly day: string;
  /** ISO time; absent when there was none that day. */
  readonly lastMonolithHit?: string;
}

export interface DailyCountsStore {
  /** Adds to what the days have, all or nothing. */
  add(
    rows: readonly {
      readonly migration: string;
      readonly day: string;
      readonly counts: DayCounts;
      readonly lastMonolithHit?: string;
    }[],
  ): Promise<void>;
  /** From that day on, of all migrations or one, oldest first. */
  since(day: string, migration?: string): Promise<DayRow[]>;
}

const KEPT_DAYS = 400;

export function createDailyCountsStore(database: Database): DailyCountsStore {
  /** The day that old ones were last deleted on. */
  let prunedOn = '';
  return {
    async add(rows) {
      const newest = [prunedOn, ...rows.map(({ day }) => day)].sort().at(-1)!;
      await database.transaction(async (query) => {
        // In one order everywhere, so that two replicas never wait for each other.
        const sorted = rows.toSorted(
          (one, other) => compare(one.migration, other.migration) || compare(one.day, other.day),
        );
        for (const { migration, day, counts, lastMonolithHit } of sorted) {
          await query(
            `insert into ficus.daily_counts as kept (migration, day, monolith_hits, service_hits,
               reverse_agreed, reverse_differed, reverse_incomparable, last_monolith_hit)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (migration, day) do update set
               monolith_hits = kept.monolith_hits + excluded.monolith_hits,
               service_hits = kept.service_hits + excluded.service_hits,
               reverse_agreed = kept.reverse_agreed + excluded.reverse_agreed,
               reverse_differed = kept.reverse_differed + excluded.reverse_differed,
               reverse_incomparable = kept.reverse_incomparable + excluded.reverse_incomparable,
               last_monolith_hit = greatest(kept.last_monolith_hit, excluded.last_monolith_hit)`,
            [
              migration,
              day,
              counts.monolithHits,
              counts.serviceHits,
              counts.reverseAgreed,
              counts.reverseDiffered,
              counts.reverseIncomparable,
              lastMonolithHit ?? null,
            ],
            'daily counts',
          );
        }
        if (newest !== prunedOn)
          await query('delete from ficus.daily_counts where day < current_date - $1::int', [KEPT_DAYS]);
      });
      prunedOn = newest;
    },

    since: (day, migration) =>
      database.query<DayRow>(
        `select migration, to_char(day, 'YYYY-MM-DD') as day, monolith_hits as "monolithHits",
           service_hits as "serviceHits", reverse_agreed as "reverseAgreed",
           reverse_differed as "reverseDiffered", reverse_incomparable as "reverseIncomparable",
           last_monolith_hit as "lastMonolithHit"
         from ficus.daily_counts where day >= $1 and ($2::text is null or migration = $2)
         order by day, migration`,
        [day, migration ?? null],
      ),
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
