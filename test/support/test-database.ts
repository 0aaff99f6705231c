import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startTestPostgres } from './postgres.ts';

export type TestDatabase = { url: string; stop(): Promise<void> };

/** What several test files want to find in their database: filled once in a run of the suite, and copied from then on. */
export interface DatabaseContents {
  readonly name: string;
  /** Leaves no connection open: Postgres copies no database that somebody uses. */
  fill(url: string): Promise<void>;
}

/** Where `test/support/suite-servers.ts` started a Postgres for all test files of a run. */
export const suitePostgresVariable = 'FICUS_TEST_SUITE_POSTGRES';

/**
 * A database of its own, empty or with contents: on the Postgres of the suite, where a new one takes a tenth of a
 * second; for a test file that is run by itself on a server started for it. Who stops or kills Postgres, makes roles,
 * or looks at what other databases have, wants `startTestPostgres`.
 */
export async function startTestDatabase(contents?: DatabaseContents): Promise<TestDatabase> {
  const suite = process.env[suitePostgresVariable];
  if (suite) return createDatabase(suite, contents);
  const postgres = await startTestPostgres();
  try {
    await contents?.fill(postgres.url);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
}

async function createDatabase(server: string, contents: DatabaseContents | undefined): Promise<TestDatabase> {
  const name = `test_${randomUUID()}`;
  await withClient(server, async (client) => {
    const template = contents ? await filledOnce(client, server, contents) : 'template1';
    await client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}" STRATEGY file_copy`);
  });
  return {
    url: urlOf(server, name),
    stop: () =>
      withClient(server, async (client) => void (await client.query(`DROP DATABASE "${name}" WITH (FORCE)`))),
  };
}

/** Test files run side by side: whoever is first fills it, the others wait. */
async function filledOnce(client: pg.Client, server: string, contents: DatabaseContents): Promise<string> {
  const filled = `filled_${contents.name}`;
  const filling = `filling_${contents.name}`;
  await client.query('SELECT pg_advisory_lock(hashtext($1))', [filled]);
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [filled]);
  if (rowCount === 0) {
    // One that was left half full is begun anew.
    await client.query(`DROP DATABASE IF EXISTS "${filling}" WITH (FORCE)`);
    await client.query(`CREATE DATABASE "${filling}"`);
    await contents.fill(urlOf(server, filling));
    await client.query(`ALTER DATABASE "${filling}" RENAME TO "${filled}"`);
    await client.query(`ALTER DATABASE "${filled}" ALLOW_CONNECTIONS false`);
  }
  await client.query('SELECT pg_advisory_unlock(hashtext($1))', [filled]);
  return filled;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
