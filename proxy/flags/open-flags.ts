import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import { openFileFlags } from './file-flags.ts';
import type { FlagSource } from './flag-source.ts';

/** What is needed of the settings. */
export interface FlagSettings {
  readonly dataDir: string;
  /** Undefined: flags.json in the data directory. */
  readonly unleash:
    | { readonly url: string; readonly apiToken: string | undefined; readonly adminToken: string | undefined }
    | undefined;
}

/** The flag server that the settings name, else flags.json. */
export async function openFlags(
  { dataDir, unleash }: FlagSettings,
  deps: { readonly clock: Clock; readonly log: Logger },
): Promise<FlagSource> {
  if (!unleash) return openFileFlags({ dataDir, ...deps });
  const { url, apiToken, adminToken } = unleash;
  if (apiToken === undefined) {
    throw new Error('UNLEASH_URL is set and UNLEASH_API_TOKEN is not: flags cannot be read without it');
  }
  // Its client takes longer to load than all the rest of a start without it.
  const { openUnleashFlags } = await import('./unleash-flags.ts');
  return openUnleashFlags({ url, apiToken, adminToken, dataDir, ...deps });
}
