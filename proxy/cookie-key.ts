import type { Logger } from 'pino';
import type { Migration } from './routing/model.ts';
import type { Settings } from './settings.ts';
import { readKeyFile } from './store/key-file.ts';

/** What read-your-writes signs with: the one that replicas share, else one of this data directory. */
export async function readCookieKey(
  { cookieKey, dataDir }: Settings,
  migrations: readonly Migration[],
  log: Logger,
): Promise<string> {
  if (cookieKey !== undefined) return cookieKey;
  if (migrations.some(({ readYourWritesSeconds }) => readYourWritesSeconds !== undefined)) {
    const why = 'other replicas do not know who wrote here: with more than one, set FICUS_COOKIE_KEY alike';
    log.info(`read-your-writes: cookies are signed with a key of this data directory; ${why}`);
  }
  const key = await readKeyFile(dataDir, 'cookie', 'users are forgotten who wrote just now');
  return Buffer.from(key).toString('base64url');
}
