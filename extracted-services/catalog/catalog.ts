import { join } from 'node:path';
import {
  ApiError,
  type Cache,
  createLogger,
  createPool,
  createRedisCache,
  createService,
  type Logger,
  noCache,
  type RunningService,
  requireApiKey,
  startService,
} from '@ficus/service-kit';
import { addCategoryRoutes } from './categories/routes.ts';
import { describeRefusal } from './describe-refusal.ts';
import { orderWithFaults, showWithFaults } from './faults.ts';
import type { ImportCounts } from './import/import-from-legacy.ts';
import { startImporter } from './import/importer.ts';
import { addProductRoutes } from './products/routes.ts';
import type { CatalogSettings } from './settings.ts';

export type RunningCatalog = RunningService & {
  /** Imports now instead of at the next interval; resolves when what the monolith had is here. */
  importNow(): Promise<ImportCounts>;
};

/** Lists and single products; short, because other instances may be behind when Redis was away. */
const CACHE_TTL_MS = 10_000;

/** The composition root. Resolves when it listens; `/readyz` says when the first import went through. */
export async function startCatalog(
  settings: CatalogSettings,
  logger: Logger = createLogger({
    service: 'catalog',
    version: settings.version,
    level: settings.logLevel,
  }),
): Promise<RunningCatalog> {
  const pool = createPool({ databaseUrl: settings.databaseUrl, service: 'catalog', logger });
  const cache = openCache(settings, logger);
  const importer = startImporter({ pool, cache, logger, intervalSeconds: settings.importIntervalSeconds });

  function requireImport(): void {
    if (!importer.hasImported()) throw new ApiError(503, 'The products have not been imported yet');
  }

  async function closeParts(): Promise<void> {
    await importer.stop();
    cache.close();
    await pool.end();
  }

  try {
    const service = await createService({
      name: 'catalog',
      version: settings.version,
      dryRun: true,
      apiSpec: join(import.meta.dirname, 'openapi.yaml'),
      logger,
      describeRefusal,
      securityHandlers: { apiKey: requireApiKey(settings.apiKeys, 'X-Api-Key') },
      readiness: {
        postgres: async () => void (await pool.query('SELECT 1')),
        'first import': async () => requireImport(),
      },
      routes(router) {
        // An empty catalog would be a wrong answer, where none is a known one.
        router.use((_request, _response, next) => {
          requireImport();
          next();
        });
        addProductRoutes(router, { pool, cache, show: showWithFaults(settings.faults) });
        addCategoryRoutes(router, { pool, cache, inOrder: orderWithFaults(settings.faults) });
      },
    });
    const running = await startService(service, settings);
    if (settings.faults.length > 0)
      logger.warn({ faults: settings.faults }, 'answers have faults, as asked for');
    return {
      ...running,
      importNow: importer.importNow,
      async close() {
        await running.close();
        await closeParts();
      },
    };
  } catch (error) {
    await closeParts();
    throw error;
  }
}

function openCache({ redisUrl, version, cacheDeadlineMs }: CatalogSettings, logger: Logger): Cache {
  if (redisUrl === undefined) return noCache;
  return createRedisCache({
    redisUrl,
    service: 'catalog',
    version,
    ttlMs: CACHE_TTL_MS,
    deadlineMs: cacheDeadlineMs,
    logger,
  });
}
