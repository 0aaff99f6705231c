import { createLogger, SettingsError, stopOnSignals } from '@ficus/service-kit';
import { startCatalog } from './catalog.ts';
import { type CatalogSettings, readCatalogSettings } from './settings.ts';

/** The catalog as a process: settings from the environment, until a signal stops it. */
export async function runCatalog(): Promise<void> {
  const settings = readSettingsOrExit();
  const logger = createLogger({ service: 'catalog', version: settings.version, level: settings.logLevel });
  stopOnSignals(await startCatalog(settings, logger), logger);
}

function readSettingsOrExit(): CatalogSettings {
  try {
    return readCatalogSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
