import { createLogger, SettingsError, stopOnSignals } from '@ficus/service-kit';
import { startPayments } from './payments.ts';
import { type PaymentsSettings, readPaymentsSettings } from './settings.ts';

/** The payments service as a process: settings from the environment, until a signal stops it. */
export async function runPayments(): Promise<void> {
  const settings = readSettingsOrExit();
  const logger = createLogger({ service: 'payments', version: settings.version, level: settings.logLevel });
  stopOnSignals(await startPayments(settings, logger), logger);
}

function readSettingsOrExit(): PaymentsSettings {
  try {
    return readPaymentsSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
