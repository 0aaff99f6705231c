import type { Database } from './database.ts';

export interface ServiceDescriptionRow {
  readonly hash: string;
  /** Of the service, with which it was seen first. */
  readonly build: string;
  /** JSON text. */
  readonly document: string;
  /** Whether the one after it must not take anything away from it. */
  readonly accepted: boolean;
}

export interface ServiceDescriptionStore {
  /** Keeps a description; one that is kept already stays as it is. */
  save(migration: string, description: ServiceDescriptionRow): Promise<void>;
  /** The one that was accepted last, other than `hash`: a service may come back to one that it had long before. */
  before(migration: string, hash: string): Promise<ServiceDescriptionRow | undefined>;
  accept(migration: string, hash: string): Promise<void>;
}

const keptAtMost = 50;
/** A replica of an older Ficus beside us does not say when. */
const acceptedLast = 'coalesce(accepted_at, seen_first) desc';

export function createServiceDescriptionStore(database: Database): ServiceDescriptionStore {
  return {
    async save(migration, { hash, build, document, accepted }) {
      await database.query(
        `insert into ficus.service_descriptions (migration, hash, build, document, accepted)
         values ($1, $2, $3, $4, $5) on conflict do nothing`,
        [migration, hash, build, document, accepted],
      );
      // The newest accepted one is what all that come are compared with, however many were refused since.
      await database.query(
        `with those as (select * from ficus.service_descriptions where migration = $1)
         delete from ficus.service_descriptions where migration = $1 and hash <> $2
           and hash not in (select hash from those order by seen_first desc limit $3)
           and hash not in (select hash from those where accepted order by ${acceptedLast} limit 1)`,
        [migration, hash, keptAtMost],
      );
    },

    async before(migration, hash) {
      const [row] = await database.query<ServiceDescriptionRow>(
        `select hash, build, document, accepted from ficus.service_descriptions
         where migration = $1 and hash <> $2 and accepted order by ${acceptedLast} limit 1`,
        [migration, hash],
      );
      return row;
    },

    async accept(migration, hash) {
      await database.query(
        `update ficus.service_descriptions set accepted = true, accepted_at = clock_timestamp()
         where migration = $1 and hash = $2`,
        [migration, hash],
      );
    },
  };
}
