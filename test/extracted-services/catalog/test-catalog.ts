import { type RunningCatalog, startCatalog } from '../../../extracted-services/catalog/catalog.ts';
import { type CatalogSettings, readCatalogSettings } from '../../../extracted-services/catalog/settings.ts';
import { createLogger, createPool, type Pool } from '../../../extracted-services/service-kit/index.ts';
import { startTestDatabase } from '../../support/test-database.ts';
import { createLegacyFixture } from './legacy-fixture.ts';

export const API_KEY = 'key-of-the-tests';

export type TestDatabase = { url: string; pool: Pool; stop(): Promise<void> };

/** A database with the monolith's tables in it. */
export async function startLegacyDatabase(): Promise<TestDatabase> {
  const database = await startTestDatabase();
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' });
  const pool = createPool({ databaseUrl: database.url, service: 'test', logger });
  await createLegacyFixture(pool);
  return {
    url: database.url,
    pool,
    async stop() {
      await pool.end();
      await database.stop();
    },
  };
}

export const testSettings = (
  databaseUrl: string,
  environment: Record<string, string> = {},
): CatalogSettings =>
  readCatalogSettings({
    DATABASE_URL: databaseUrl,
    PORT: '0',
    LOG_LEVEL: 'silent',
    API_KEYS: `other-key,${API_KEY}`,
    IMPORT_INTERVAL_SECONDS: '86400',
    ...environment,
  });

/** A catalog that has imported once and will only import again when told to. */
export async function startTestCatalog(
  databaseUrl: string,
  environment: Record<string, string> = {},
): Promise<RunningCatalog> {
  const catalog = await startCatalog(testSettings(databaseUrl, environment));
  await catalog.importNow();
  return catalog;
}
