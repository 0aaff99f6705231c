import { inTransaction, type Pool, type PoolClient } from '@ficus/service-kit';
import { catalogColumns, legacyValues } from './legacy-product.ts';

export type ImportCounts = {
  kind: 'full' | 'incremental';
  /** Rows of the monolith's that were looked at, and what had to be done about them here. */
  productsRead: number;
  productsAdded: number;
  productsChanged: number;
  categoriesChanged: number;
};

/**
 * A row shows up when its transaction commits, but its UPD_TS is from when that began: rows that were changed
 * this long before the newest one seen are read again. `full` finds what took even longer.
 */
const OVERLAP = '60 seconds';

/**
 * Brings schema `catalog` to what `legacy` has: rows changed since the last import, or all of them at first and on
 * demand. Running it again changes nothing. Instances that import at the same time wait for each other.
 */
export async function importFromLegacy(pool: Pool, { full = false } = {}): Promise<ImportCounts> {
  return inTransaction(pool, async (client) => {
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('catalog import'))`);
    const since = full ? undefined : await importedTo(client);
    // Before the rows are read: what changes in between is read next time as well, rather than never.
    await rememberProgress(client);
    const categoriesChanged = await importCategories(client);
    return {
      kind: since === undefined ? 'full' : 'incremental',
      ...(await importProducts(client, since)),
      categoriesChanged,
    };
  });
}

async function importedTo(client: PoolClient): Promise<string | undefined> {
  const { rows } = await client.query<{ since: string }>(
    `SELECT (updated_to - interval '${OVERLAP}')::text AS since FROM catalog.import_progress WHERE source = 'product'`,
  );
  return rows[0]?.since;
}

async function rememberProgress(client: PoolClient): Promise<void> {
  // A row from the future must not hide the ones of until then.
  await client.query(
    `INSERT INTO catalog.import_progress (source, updated_to)
     SELECT 'product', least(max(upd_ts), now()) FROM legacy.product HAVING count(*) > 0
     ON CONFLICT (source) DO UPDATE SET updated_to = excluded.updated_to`,
  );
}

/** There are few, and they have no UPD_TS. */
async function importCategories(client: PoolClient): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO catalog.category AS c (category_id, name, parent_id)
     SELECT cat_cd, cat_nm, parent_cd FROM legacy.category
     ON CONFLICT (category_id) DO UPDATE SET name = excluded.name, parent_id = excluded.parent_id
     WHERE (c.name, c.parent_id) IS DISTINCT FROM (excluded.name, excluded.parent_id)`,
  );
  return rowCount ?? 0;
}

async function importProducts(client: PoolClient, since: string | undefined) {
  const { rows } = await client.query<{ read: number; added: number; changed: number }>(
    `WITH source AS (
       SELECT ${legacyValues} FROM legacy.product WHERE upd_ts >= coalesce($1::timestamptz, '-infinity')
     ), written AS (
       INSERT INTO catalog.product AS p (${catalogColumns}) SELECT * FROM source
       ON CONFLICT (product_no) DO UPDATE SET (${catalogColumns}) = ROW (excluded.*)
       WHERE p.* IS DISTINCT FROM excluded.*
       -- Only a row version made by an update has an xmax.
       RETURNING xmax = 0 AS is_new
     )
     SELECT (SELECT count(*) FROM source)::int AS read,
            (SELECT count(*) FROM written WHERE is_new)::int AS added,
            (SELECT count(*) FROM written WHERE NOT is_new)::int AS changed`,
    [since ?? null],
  );
  const { read = 0, added = 0, changed = 0 } = rows[0] ?? {};
  return { productsRead: read, productsAdded: added, productsChanged: changed };
}
