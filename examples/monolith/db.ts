import pg from 'pg';

/** What routes and seeding need of Postgres; inside a transaction the same calls go over its one connection. */
export type Database = {
  rows<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  row<Row>(text: string, values?: unknown[]): Promise<Row | undefined>;
  transaction<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
};

export function openDatabase(databaseUrl: string): Database {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    connectionTimeoutMillis: 5000,
    statement_timeout: 30_000,
    // Timestamps that are printed in SQL must not depend on the server's time zone.
    options: '-c timezone=UTC',
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) console.error(`An idle database connection broke: ${error.message}`);
  });

  return {
    ...queriesOn(pool),
    end: () => pool.end(),
    async transaction(work) {
      const client = await pool.connect();
      // One that breaks here makes the query fail; the event is for nobody else.
      client.on('error', ignore);
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work(insideTransaction(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((failed: Error) => {
          broken = failed;
        });
        throw error;
      } finally {
        client.off('error', ignore);
        client.release(broken);
      }
    },
  };
}

function queriesOn(connection: pg.Pool | pg.PoolClient): Pick<Database, 'rows' | 'row'> {
  return {
    rows: async <Row>(text: string, values: unknown[] = []) =>
      (await connection.query(text, values)).rows as Row[],
    row: async <Row>(text: string, values: unknown[] = []) =>
      (await connection.query(text, values)).rows[0] as Row | undefined,
  };
}

function insideTransaction(client: pg.PoolClient): Database {
  const database: Database = {
    ...queriesOn(client),
    transaction: (work) => work(database),
    end: () => Promise.reject(new Error('A transaction does not close the database')),
  };
  return database;
}

const ignore = () => {};

/** `ORD_NO CUST_NO` to `o.ORD_NO AS "ORD_NO", ...`: Postgres folds names to lower case, the JSON has them as written. */
export function columns(names: string, alias?: string): string {
  const prefix = alias === undefined ? '' : `${alias}.`;
  return names
    .split(/\s+/)
    .filter((name) => name !== '')
    .map((name) => `${prefix}${name} AS "${name}"`)
    .join(', ');
}

/** Postgres' code of a lock that was not to be had in time. */
export const isLockTimeout = (error: unknown) => error instanceof pg.DatabaseError && error.code === '55P03';

/** Postgres' code of a unique index that refused a row. */
export const isDuplicate = (error: unknown) => error instanceof pg.DatabaseError && error.code === '23505';
