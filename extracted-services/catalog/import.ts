import { parseArgs } from 'node:util';
import { createLogger, createPool } from '@ficus/service-kit';
import { importFromLegacy } from './import/import-from-legacy.ts';
import { upgradeCatalogSchema } from './schema/upgrade-catalog-schema.ts';
import { readCatalogSettings } from './settings.ts';

// One import by hand: `node import.ts [--full]`. A running catalog shows what it brought within its cache's seconds.
const { values } = parseArgs({ options: { full: { type: 'boolean', default: false } } });
const { databaseUrl, version } = readCatalogSettings();
const logger = createLogger({ service: 'catalog-import', version, level: 'warn' });
const pool = createPool({ databaseUrl, service: 'catalog-import', logger, maxConnections: 1 });
try {
  await upgradeCatalogSchema(pool);
  const counts = await importFromLegacy(pool, values);
  console.log(
    `${counts.kind} import: ${counts.productsRead} products read, ${counts.productsAdded} added, ` +
      `${counts.productsChanged} changed; ${counts.categoriesChanged} categories added or changed`,
  );
} finally {
  await pool.end();
}
