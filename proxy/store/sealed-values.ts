import type { Database, Query } from './database.ts';
import { insertRows } from './insert-rows.ts';
import type { PairRow, SealedRow, WrittenPair } from './model.ts';
import { postgresText } from './postgres-text.ts';

/** What `redact` rules hid in pairs, sealed. Nothing but a reveal reads it. */
export interface SealedValueStore {
  /** Undefined where nothing was sealed with the pair, or it is over its age. */
  of(pair: Pick<PairRow, 'id' | 'at'>): Promise<SealedRow | undefined>;
  /** For each of these pairs with something sealed, by its id: which redactions that opens. */
  marksOf(pairs: readonly Pick<PairRow, 'id' | 'at'>[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Drops what is older, partition by partition: up to two hours later than it says. */
  prune(maxAgeDays: number): Promise<void>;
}

export function createSealedValueStore(database: Database): SealedValueStore {
  return {
    async of({ id, at }) {
      // By time, too: it tells the partition.
      const [row] = await database.query<SealedRow>(
        `select key_id as "keyId", marks, sealed from ficus.sealed_values where pair_id = $1 and at = $2`,
        [postgresText(id), at],
      );
      return row;
    },

    async marksOf(pairs) {
      if (pairs.length === 0) return new Map();
      const rows = await database.query<{ id: string; marks: string[] }>(
        'select pair_id as id, marks from ficus.sealed_values where pair_id = any ($1) and at = any ($2)',
        [pairs.map(({ id }) => postgresText(id)), pairs.map(({ at }) => at)],
      );
      return new Map(rows.map(({ id, marks }) => [id, marks]));
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
    columns: ['pair_id', 'at', 'key_id', 'marks', 'sealed'],
    rows: pairs.flatMap(({ id, at, sealed }) =>
      sealed === undefined
        ? []
        : [[postgresText(id), at, sealed.keyId, sealed.marks, Buffer.from(sealed.sealed)]],
    ),
  });
}
