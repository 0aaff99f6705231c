import { type LogLevel, logLevels } from './logger.ts';
import type { SettingsReader } from './settings-reader.ts';

/** What every service can be told. */
export type ServiceSettings = {
  host: string;
  port: number;
  version: string;
  databaseUrl: string;
  redisUrl: string | undefined;
  logLevel: LogLevel;
  apiKeys: readonly string[];
  drainMs: number;
};

/** `defaults` are the service's own: its port, and the version in its package.json. */
export function readServiceSettings(
  read: SettingsReader,
  defaults: { port: number; version: string },
): ServiceSettings {
  return {
    host: read.text('HOST', '127.0.0.1'),
    port: read.integer('PORT', { fallback: defaults.port, min: 0, max: 65_535 }),
    version: read.text('SERVICE_VERSION', defaults.version),
    databaseUrl: read.url(
      'DATABASE_URL',
      ['postgres', 'postgresql'],
      'postgres://user:password@host:5432/database',
    ),
    redisUrl: read.optionalUrl('REDIS_URL', ['redis', 'rediss'], 'redis://host:6379'),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, 'info'),
    apiKeys: read.list('API_KEYS'),
    drainMs: read.integer('DRAIN_MS', { fallback: 0, min: 0, max: 60_000 }),
  };
}
