/** Runs before and after all test files of `npm test`: servers that they share, each file with a database of its own. */
import { startTestPostgres, type TestPostgres } from './postgres.ts';
import { suitePostgresVariable } from './test-database.ts';

let postgres: TestPostgres | undefined;

export async function globalSetup(): Promise<void> {
  postgres = await startTestPostgres();
  // Test files are processes of the runner's and find it in their environment.
  process.env[suitePostgresVariable] = postgres.url;
}

export async function globalTeardown(): Promise<void> {
  await postgres?.stop();
}
