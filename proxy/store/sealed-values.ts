import type { Database, Query } from './database.ts';
import { insertRows } from './insert-rows.ts';
import type { PairRow, SealedRow, WrittenPair } from './model.ts';
import { postgresText } from './postgres-text.ts';

/** What `redact` rules hid in pairs, sealed. Nothing but a reveal reads it. */
export interface SealedValueStore {
  /** Undefined where nothing was sealed with the pair, or it is over its age. */
  of(pair: Pick<PairRow, 'id' | 'at'>): Promise<SealedRow | undefined>;
  /** Drops what is older, partition by partition: up to two hours later than it says. */
  prune(maxAgeDays: number): Promise<void>;
}

export function createSealedValueStore(database: Database): SealedValueStore {
  return {
    async of({ id, at }) {
      // By time, too: it tells the partition.
      const [row] = await database.query<SealedRow>(
        `select key_id as "keyId", sealed from ficus.sealed_values where pair_id = $1 and at = $2`,
        [postgresText(id), at],
      );
      return row;
    },

    async prune(maxAgeDays) {
      await database.query(
        'select ficus.drop_sealed_partitions(now() - make_interval(days => $1, hours => 2))',
        [maxAgeDays],
      );
    },
  };
}

/** In the transaction that writes the pairs themselves. */
export function insertSealed(query: Query, pairs: readonly WrittenPair[]): Promise<void> {
  return insertRows(query, {
    table: 'ficus.sealed_values',
    columns: ['pair_id', 'at', 'key_id', 'sealed'],
    rows: pairs.flatMap(({ id, at, sealed }) =>
      sealed === undefined ? [] : [[postgresText(id), at, sealed.keyId, Buffer.from(sealed.sealed)]],
    ),
  });
}
