import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { inTransaction } from './postgres.ts';

/**
 * Brings a service's own schema up to date: runs the `*.sql` files of `directory` that have not been run, in the
 * order of their names, all in one transaction. Instances that start together wait for each other. Returns the
 * names of the files it ran.
 */
export async function upgradeSchema(pool: pg.Pool, schema: string, directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`upgrade ${schema}`]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${client.escapeIdentifier(schema)}`);
    const table = `${client.escapeIdentifier(schema)}.schema_upgrade`;
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${table} (name text PRIMARY KEY, ran_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${table}`);
    const missing = names.filter((name) => !rows.some((row) => row.name === name));
    for (const name of missing) {
      await client.query(await readFile(join(directory, name), 'utf8'));
      await client.query(`INSERT INTO ${table} (name) VALUES ($1)`, [name]);
    }
    return missing;
  });
}
