import {
  type Environment,
  readServiceSettings,
  type ServiceSettings,
  settingsReader,
} from '@ficus/service-kit';
import { type Fault, faultNames } from './faults.ts';
import packageJson from './package.json' with { type: 'json' };

export type CatalogSettings = ServiceSettings & {
  importIntervalSeconds: number;
  /** A request waits no longer than this for Redis. */
  cacheDeadlineMs: number;
  faults: readonly Fault[];
};

/** The only reader of the catalog's environment. Throws one error that names every setting that is not usable. */
export function readCatalogSettings(environment: Environment = process.env): CatalogSettings {
  const read = settingsReader(environment);
  const settings = {
    ...readServiceSettings(read, { port: 9001, version: packageJson.version }),
    importIntervalSeconds: read.integer('IMPORT_INTERVAL_SECONDS', { fallback: 5, min: 1, max: 86_400 }),
    cacheDeadlineMs: read.integer('CACHE_DEADLINE_MS', { fallback: 8, min: 1, max: 10_000 }),
    faults: read.listOf('CATALOG_FAULTS', faultNames),
  };
  read.done();
  return settings;
}
