import { type Environment, SettingsError } from './settings-error.ts';

export interface DatabaseSettings {
  /** Undefined: an embedded Postgres in the data directory. */
  readonly databaseUrl: string | undefined;
  /** Whoever owns the schema; undefined: the role of `databaseUrl` does. */
  readonly databaseOwnerUrl: string | undefined;
}

export function readDatabase(env: Environment): DatabaseSettings {
  const databaseUrl = env['DATABASE_URL'] || undefined;
  const databaseOwnerUrl = env['DATABASE_OWNER_URL'] || undefined;
  if (databaseOwnerUrl !== undefined && databaseUrl === undefined)
    throw new SettingsError('DATABASE_OWNER_URL needs DATABASE_URL beside it: the role that Ficus runs as');
  return { databaseUrl, databaseOwnerUrl };
}
