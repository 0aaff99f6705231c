import type { Cache, Logger, Pool } from '@ficus/service-kit';
import { upgradeCatalogSchema } from '../schema/upgrade-catalog-schema.ts';
import { type ImportCounts, importFromLegacy } from './import-from-legacy.ts';

export type ImporterParts = {
  pool: Pool;
  cache: Cache;
  logger: Logger;
  intervalSeconds: number;
};

export type Importer = {
  /** Runs an import as soon as the one that may be running is done. */
  importNow(): Promise<ImportCounts>;
  /** Whether this process has had an import that went through, and so may answer. */
  hasImported(): boolean;
  stop(): Promise<void>;
};

/** Until the first one goes through, which takes a database and the monolith's schema in it. */
const FIRST_RETRY_MS = 1000;
/** Finds rows that were changed without a new UPD_TS, or in a very long transaction. */
const FULL_IMPORT_EVERY_MS = 10 * 60_000;

/** Imports at once and then again and again, until it is stopped. */
export function startImporter({ pool, cache, logger, intervalSeconds }: ImporterParts): Importer {
  let schemaIsReady = false;
  let imported = false;
  let lastFullMs = performance.now();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let latest: Promise<unknown> = Promise.resolve();

  async function runImport(): Promise<ImportCounts> {
    if (!schemaIsReady) {
      const ran = await upgradeCatalogSchema(pool);
      schemaIsReady = true;
      if (ran.length > 0) logger.info({ ran }, 'schema upgraded');
    }
    const full = performance.now() - lastFullMs > FULL_IMPORT_EVERY_MS;
    const counts = await importFromLegacy(pool, { full });
    if (counts.kind === 'full') lastFullMs = performance.now();
    const isFirst = !imported;
    imported = true;
    const changes = counts.productsAdded + counts.productsChanged + counts.categoriesChanged;
    if (changes > 0) await cache.forgetAll();
    logger[isFirst || changes > 0 ? 'info' : 'debug'](counts, 'imported');
    return counts;
  }

  function importNow(): Promise<ImportCounts> {
    const next = latest.then(runImport, runImport);
    latest = next.catch(() => {});
    return next;
  }

  async function importAgainAndAgain(): Promise<void> {
    try {
      await importNow();
    } catch (error) {
      logger.warn({ err: error }, 'import failed');
    }
    if (stopped) return;
    timer = setTimeout(importAgainAndAgain, imported ? intervalSeconds * 1000 : FIRST_RETRY_MS);
  }

  void importAgainAndAgain();
  return {
    importNow,
    hasImported: () => imported,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await latest;
    },
  };
}
