import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  createLogger,
  createPool,
  type Pool,
  upgradeSchema,
} from '../../../extracted-services/service-kit/index.ts';
import { startTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let database: TestDatabase;
let pool: Pool;
let directory: string;

before(async () => {
  database = await startTestDatabase();
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' });
  pool = createPool({ databaseUrl: database.url, service: 'test', logger });
  directory = await mkdtemp(join(tmpdir(), 'schema-'));
});

after(async () => {
  await pool.end();
  await database.stop();
  await rm(directory, { recursive: true });
});

test('files that were not run yet run once, in order, also when instances start together', async () => {
  await writeFile(join(directory, '002-more.sql'), 'ALTER TABLE shelf.book ADD year integer');
  await writeFile(join(directory, '001-book.sql'), 'CREATE TABLE shelf.book (title text)');
  const ran = await Promise.all([1, 2, 3].map(() => upgradeSchema(pool, 'shelf', directory)));
  assert.deepEqual(
    ran.filter((names) => names.length > 0),
    [['001-book.sql', '002-more.sql']],
  );
  await pool.query('SELECT title, year FROM shelf.book');
});

test('a file that fails leaves nothing of the upgrade behind', async () => {
  await writeFile(join(directory, '003-good.sql'), 'CREATE TABLE shelf.reader (name text)');
  await writeFile(join(directory, '004-bad.sql'), 'CREATE TABLE shelf.book (title text)');
  await assert.rejects(upgradeSchema(pool, 'shelf', directory), /already exists/);
  await assert.rejects(pool.query('SELECT FROM shelf.reader'), /does not exist/);
});
