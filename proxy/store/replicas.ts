import type { Database } from './database.ts';
import { canonicalJson } from './postgres-text.ts';

/** One `ficus up` of several that share a database. */
export interface ReplicaRow {
  readonly replica: string;
  /** Of the routes.yaml that it goes by. */
  readonly configHash: string;
  /** ISO times. */
  readonly startedAt: string;
  readonly seenAt: string;
  /** What else it says of itself; who reads it checks it. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ReplicaStore {
  /** Says that we are here, and answers who else was within the last seconds; in the order of their names. */
  beat(own: Pick<ReplicaRow, 'replica' | 'configHash' | 'startedAt' | 'detail'>): Promise<ReplicaRow[]>;
  /** We stop. */
  leave(replica: string): Promise<void>;
}

/** Longer unseen, a replica counts as gone. */
const goneAfterSeconds = 10;

export function createReplicaStore(database: Database): ReplicaStore {
  return {
    async beat({ replica, configHash, startedAt, detail }) {
      await database.query(
        `insert into ficus.replicas (replica, config_hash, started_at, detail) values ($1, $2, $3, $4)
         on conflict (replica) do update set config_hash = excluded.config_hash,
           started_at = excluded.started_at, detail = excluded.detail, seen_at = now()`,
        [replica, configHash, startedAt, canonicalJson(detail)],
        'replica beat',
      );
      await database.query(
        "delete from ficus.replicas where seen_at < now() - interval '1 day'",
        [],
        'replicas of yesterday',
      );
      return database.query<ReplicaRow>(
        `select replica, config_hash as "configHash", started_at as "startedAt", seen_at as "seenAt", detail
         from ficus.replicas where seen_at > now() - make_interval(secs => $1) order by replica`,
        [goneAfterSeconds],
        'replicas here',
      );
    },

    async leave(replica) {
      await database.query('delete from ficus.replicas where replica = $1', [replica]);
    },
  };
}
