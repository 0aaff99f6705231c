import type { Database } from './database.ts';
import type { ContractResultRow } from './model.ts';
import { canonicalJson } from './postgres-text.ts';

export interface ContractResultStore {
  /** Keeps the newest result for each side, consumer, build and pact content. */
  save(migration: string, result: ContractResultRow): Promise<void>;
  /** Newest first. */
  list(migration: string): Promise<ContractResultRow[]>;
}

export function createContractResultStore(database: Database): ContractResultStore {
  return {
    async save(migration, result) {
      await database.query(
        `insert into ficus.contract_results as kept
           (migration, side, consumer, build, pact_hash, outcome, interactions, at, failures)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (migration, side, consumer, build, pact_hash) do update set
           outcome = excluded.outcome, interactions = excluded.interactions, at = excluded.at,
           failures = excluded.failures
         where kept.at <= excluded.at`,
        [
          migration,
          result.side,
          result.consumer,
          result.build,
          result.pactHash,
          result.outcome,
          [...result.interactions],
          result.at,
          canonicalJson(result.failures ?? []),
        ],
      );
    },

    list: (migration) =>
      database.query<ContractResultRow>(
        `select side, consumer, build, pact_hash as "pactHash", outcome, interactions, at,
           failures
         from ficus.contract_results where migration = $1 order by at desc limit 1000`,
        [migration],
      ),
  };
}
