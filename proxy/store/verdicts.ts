import type { Database } from './database.ts';
import type { VerdictRow } from './model.ts';
import { postgresText } from './postgres-text.ts';

/** What people decided. Append-only: the newest verdict on a signature counts, the others are its history. */
export interface VerdictStore {
  /** Returns it as it is kept. */
  add(verdict: VerdictRow): Promise<VerdictRow>;
  /** The newest of each signature, of all migrations. */
  newest(): Promise<VerdictRow[]>;
  /** All of a signature, newest first. */
  history(migration: string, signature: string): Promise<VerdictRow[]>;
}

const columns = `
  migration, signature, route, place, kind, verdict, owner, reason, until, at, actor,
  monolith_build as "monolithBuild", service_build as "serviceBuild", rules_hash as "rulesHash",
  pairs, route_pairs as "routePairs"`;

const readAtMost = 10_000;
const historyAtMost = 100;

export function createVerdictStore(database: Database): VerdictStore {
  return {
    async add(verdict) {
      const rows = await database.query<VerdictRow>(
        `insert into ficus.verdicts (migration, signature, route, place, kind, verdict, owner, reason, until, at,
           actor, monolith_build, service_build, rules_hash, pairs, route_pairs)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         returning ${columns}`,
        [
          ...[verdict.migration, verdict.signature, verdict.route, verdict.place, verdict.kind].map(
            postgresText,
          ),
          ...[verdict.verdict, verdict.owner, verdict.reason].map(postgresText),
          verdict.until ?? null,
          verdict.at,
          ...[verdict.actor, verdict.monolithBuild, verdict.serviceBuild, verdict.rulesHash].map(
            postgresText,
          ),
          verdict.pairs,
          verdict.routePairs,
        ],
      );
      return rows[0]!;
    },

    newest: () =>
      database.query<VerdictRow>(
        `select ${columns} from (
           select distinct on (migration, signature) * from ficus.verdicts
           order by migration, signature, seq desc) as newest
         order by at desc limit $1`,
        [readAtMost],
      ),

    history: (migration, signature) =>
      database.query<VerdictRow>(
        `select ${columns} from ficus.verdicts where migration = $1 and signature = $2
         order by seq desc limit $3`,
        [postgresText(migration), postgresText(signature), historyAtMost],
      ),
  };
}
