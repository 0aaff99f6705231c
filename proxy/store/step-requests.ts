import type { Database } from './database.ts';

/** Answers of the service since a share was granted. */
export interface StepRequestsRow {
  readonly migration: string;
  /** ISO time: another grant is another step. */
  readonly grantedAt: string;
  readonly requests: number;
}

export interface StepRequestsStore {
  /** Adds to what all replicas have counted of the same steps, and answers what that is by now; of an older step nothing. */
  add(rows: readonly StepRequestsRow[]): Promise<StepRequestsRow[]>;
}

export function createStepRequestsStore(database: Database): StepRequestsStore {
  return {
    async add(rows) {
      // In one order everywhere, so that two replicas never wait for each other.
      const sorted = rows.toSorted((one, other) => (one.migration < other.migration ? -1 : 1));
      return database.query<StepRequestsRow>(
        `insert into ficus.step_requests as kept (migration, granted_at, requests)
         select * from unnest($1::text[], $2::timestamptz[], $3::bigint[])
         on conflict (migration) do update set granted_at = excluded.granted_at,
           requests = excluded.requests + case when kept.granted_at = excluded.granted_at then kept.requests else 0 end
         where kept.granted_at <= excluded.granted_at
         returning migration, granted_at as "grantedAt", requests`,
        [
          sorted.map(({ migration }) => migration),
          sorted.map(({ grantedAt }) => grantedAt),
          sorted.map(({ requests }) => requests),
        ],
        'step requests',
      );
    },
  };
}
