import { availableParallelism, hostname, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { LoginSettings } from './admin/login/open-login.ts';
import { isSecretVariable } from './config/secret-variables.ts';
import { readTrustedProxies } from './data-plane/trusted-proxies.ts';
import { readDatabase } from './settings/database.ts';
import { maskedLogin, readLogin, readOrigin } from './settings/login.ts';
import { isPactVariable, type PactBrokerCredentials, readPactBroker } from './settings/pacts.ts';
import { maskedReveal, type RevealSettings, readReveal } from './settings/reveal.ts';
import { readKey, readRedisUrl, withoutSecrets } from './settings/secrets.ts';
import { type Environment, SettingsError } from './settings/settings-error.ts';
import { readTraceUrl } from './settings/trace.ts';

export { SettingsError };

/** Everything that is set from outside, read once. Command line before environment before default. */
export interface Settings {
  readonly configFile: string;
  /** Address of the proxy's listener. */
  readonly host: string;
  readonly port: number;
  /** Undefined: clients are served without TLS. */
  readonly tls: TlsSettings | undefined;
  /** Offers HTTP/2 to clients that come by TLS. */
  readonly http2: boolean;
  /** Addresses and networks whose X-Forwarded-… is believed. */
  readonly trustedProxies: readonly string[];
  readonly adminPort: number;
  /** Address of the admin plane's listener; another than loopback only with a login. */
  readonly adminHost: string;
  /** Where others than this machine find the admin plane; undefined: they don't. */
  readonly adminOrigin: string | undefined;
  /** Undefined: none, and whoever reaches the admin plane may do everything. */
  readonly login: LoginSettings | undefined;
  readonly dataDir: string;
  readonly workers: number;
  /** Undefined: an embedded Postgres in the data directory. */
  readonly databaseUrl: string | undefined;
  /** Undefined: this replica shares its counts with nobody. */
  readonly redisUrl: string | undefined;
  /** Whoever owns the schema; undefined: the role of `databaseUrl` does. */
  readonly databaseOwnerUrl: string | undefined;
  /** What this `ficus up` is called among several. */
  readonly replica: string;
  /** Undefined: flags.json in the data directory. */
  readonly unleash:
    | { readonly url: string; readonly apiToken: string | undefined; readonly adminToken: string | undefined }
    | undefined;
  /** What webhooks around steps are signed with. Undefined: they are not. */
  readonly webhookKey: string | undefined;
  /** Signs `Ficus-Force`, the same on every replica; undefined: none is signed and no signed one counts. */
  readonly forceKey: string | undefined;
  /** Signs which side has a user's last write. Undefined: a key of this data directory. */
  readonly cookieKey: string | undefined;
  readonly debugHeaders: boolean;
  readonly logLevel: string;
  /** Part of the requests, 0 to 1, that get a line in the access log. */
  readonly accessLogSample: number;
  /** How long requests are still taken after SIGTERM, so that who sends them hears of it. */
  readonly drainDelayMs: number;
  /** How long requests under way may take after that. */
  readonly graceMs: number;
  /** What heap and buffers of one worker may take up together before it refuses requests. */
  readonly maxWorkerBytes: number;
  /** How long sample pairs are kept, and on how much disk. */
  readonly pairs: { readonly maxAgeDays: number; readonly maxBytes: number };
  /** With what keys, and for how long, redacted values are kept sealed. */
  readonly reveal: RevealSettings;
  /** Where a trace is looked at, with `{traceId}` in it; undefined: nowhere. */
  readonly traceUrl: string | undefined;
  /** `FICUS_SECRET_…` variables, for tokens in routes.yaml. */
  readonly secrets: Readonly<Record<string, string>>;
  /** `PACT_…` variables, for values in provider states. */
  readonly pactEnvironment: Readonly<Record<string, string>>;
  /** How a Pact Broker is asked, where it wants to know by whom. */
  readonly pactBroker: PactBrokerCredentials | undefined;
}

/** Where the proxy's certificate is; the files are read again whenever they change. */
export interface TlsSettings {
  readonly certFile: string;
  readonly keyFile: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}

export function readSettings(args: readonly string[], env: Environment = process.env): Settings {
  const values = readArguments(args);
  const configFile = values.config;
  if (configFile === undefined) throw new SettingsError('--config routes.yaml is needed');
  const unleashUrl = env['UNLEASH_URL'];
  const tls = readTls(env);
  const adminPort = readNumber(
    '--admin-port or FICUS_ADMIN_PORT',
    values['admin-port'] ?? env['FICUS_ADMIN_PORT'],
    8081,
    0,
    65_535,
  );
  const workers = readNumber(
    '--workers or FICUS_WORKERS',
    values.workers ?? env['FICUS_WORKERS'],
    availableParallelism(),
    1,
    256,
  );
  const pairsMaxAgeDays = readNumber('FICUS_PAIRS_MAX_AGE_DAYS', env['FICUS_PAIRS_MAX_AGE_DAYS'], 14, 1, 90);
  return {
    configFile: path.resolve(configFile),
    host: env['FICUS_HOST'] ?? '0.0.0.0',
    port: readNumber('--port or FICUS_PORT', values.port ?? env['FICUS_PORT'], 8080, 0, 65_535),
    tls,
    http2: readHttp2(env['FICUS_HTTP2'], tls),
    trustedProxies: readProxies(env['FICUS_TRUSTED_PROXIES'] ?? ''),
    adminPort,
    adminHost: env['FICUS_ADMIN_HOST'] || '127.0.0.1',
    adminOrigin: readOrigin('FICUS_ADMIN_ORIGIN', env['FICUS_ADMIN_ORIGIN']),
    login: readLogin(env),
    dataDir: path.resolve(values['data-dir'] ?? env['FICUS_DATA_DIR'] ?? '.ficus'),
    workers,
    ...readDatabase(env),
    redisUrl: readRedisUrl(env['REDIS_URL']),
    replica: env['FICUS_REPLICA'] || `${hostname()}:${adminPort}`,
    unleash: unleashUrl
      ? {
          url: unleashUrl,
          apiToken: env['UNLEASH_API_TOKEN'] || undefined,
          adminToken: env['UNLEASH_ADMIN_TOKEN'] || undefined,
        }
      : undefined,
    webhookKey: readKey('FICUS_WEBHOOK_KEY', env['FICUS_WEBHOOK_KEY']),
    forceKey: readKey('FICUS_FORCE_KEY', env['FICUS_FORCE_KEY']),
    cookieKey: readKey('FICUS_COOKIE_KEY', env['FICUS_COOKIE_KEY']),
    debugHeaders: env['FICUS_DEBUG_HEADERS'] === '1',
    logLevel: readLogLevel(env['LOG_LEVEL']),
    accessLogSample: readPercent('FICUS_ACCESS_LOG_SAMPLE', env['FICUS_ACCESS_LOG_SAMPLE'], 1) / 100,
    drainDelayMs: readNumber('FICUS_DRAIN_DELAY_MS', env['FICUS_DRAIN_DELAY_MS'], 500, 0, 600_000),
    graceMs: readNumber('FICUS_GRACE_MS', env['FICUS_GRACE_MS'], 10_000, 0, 3_600_000),
    maxWorkerBytes:
      1024 *
      1024 *
      readNumber(
        'FICUS_WORKER_MEMORY_MB',
        env['FICUS_WORKER_MEMORY_MB'],
        Math.max(64, Math.floor(memoryShareMb(workers))),
        16,
        1_048_576,
      ),
    pairs: {
      maxAgeDays: pairsMaxAgeDays,
      maxBytes: readNumber(
        'FICUS_PAIRS_MAX_BYTES',
        env['FICUS_PAIRS_MAX_BYTES'],
        512 * 1024 * 1024,
        1024 * 1024,
        Number.MAX_SAFE_INTEGER,
      ),
    },
    reveal: readReveal(env, pairsMaxAgeDays),
    traceUrl: readTraceUrl(env['FICUS_TRACE_URL']),
    secrets: readNamed(env, isSecretVariable),
    pactEnvironment: readNamed(env, isPactVariable),
    pactBroker: readPactBroker(env),
  };
}

/** For the log: the same without secrets. */
export function maskedSettings(settings: Settings): Record<string, unknown> {
  return {
    ...settings,
    databaseUrl: settings.databaseUrl && withoutSecrets(settings.databaseUrl),
    redisUrl: settings.redisUrl && withoutSecrets(settings.redisUrl),
    databaseOwnerUrl: settings.databaseOwnerUrl && withoutSecrets(settings.databaseOwnerUrl),
    unleash: settings.unleash && {
      url: withoutSecrets(settings.unleash.url),
      apiToken: settings.unleash.apiToken && '***',
      adminToken: settings.unleash.adminToken && '***',
    },
    webhookKey: settings.webhookKey && '***',
    forceKey: settings.forceKey && '***',
    cookieKey: settings.cookieKey && '***',
    reveal: maskedReveal(settings.reveal),
    secrets: Object.keys(settings.secrets),
    pactEnvironment: Object.keys(settings.pactEnvironment),
    pactBroker: settings.pactBroker && '***',
    login: settings.login && maskedLogin(settings.login),
  };
}

function readNamed(env: Environment, isWanted: (name: string) => boolean): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => isWanted(entry[0]) && entry[1] !== undefined && entry[1] !== '',
    ),
  );
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        port: { type: 'string' },
        'admin-port': { type: 'string' },
        'data-dir': { type: 'string' },
        workers: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new SettingsError((error as Error).message);
  }
}

function readNumber(
  name: string,
  text: string | undefined,
  byDefault: number,
  min: number,
  max: number,
): number {
  if (text === undefined || text === '') return byDefault;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new SettingsError(`${name} must be a whole number from ${min} to ${max}, not "${text}"`);
  }
  return value;
}

function readTls(env: Environment): TlsSettings | undefined {
  const certFile = env['FICUS_TLS_CERT'] || undefined;
  const keyFile = env['FICUS_TLS_KEY'] || undefined;
  const minVersion = env['FICUS_TLS_MIN_VERSION'] || 'TLSv1.2';
  if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3')
    throw new SettingsError(`FICUS_TLS_MIN_VERSION must be TLSv1.2 or TLSv1.3, not "${minVersion}"`);
  if (certFile === undefined && keyFile === undefined) {
    if (env['FICUS_TLS_MIN_VERSION'])
      throw new SettingsError('FICUS_TLS_MIN_VERSION needs FICUS_TLS_CERT and FICUS_TLS_KEY');
    return undefined;
  }
  if (certFile === undefined) throw new SettingsError('FICUS_TLS_KEY needs FICUS_TLS_CERT beside it');
  if (keyFile === undefined) throw new SettingsError('FICUS_TLS_CERT needs FICUS_TLS_KEY beside it');
  return { certFile: path.resolve(certFile), keyFile: path.resolve(keyFile), minVersion };
}

function readHttp2(text: string | undefined, tls: TlsSettings | undefined): boolean {
  if (text !== '1') return false;
  if (tls === undefined) throw new SettingsError('FICUS_HTTP2 needs FICUS_TLS_CERT and FICUS_TLS_KEY');
  return true;
}

function readProxies(text: string): readonly string[] {
  try {
    return readTrustedProxies(text);
  } catch (error) {
    throw new SettingsError(`FICUS_TRUSTED_PROXIES: ${(error as Error).message}`);
  }
}

/** Most of what the machine or its container has, in equal parts for the workers and the supervisor. */
function memoryShareMb(workers: number): number {
  const constrained = process.constrainedMemory();
  const all = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return (0.8 * all) / (workers + 1) / 1024 / 1024;
}

/** `1`, `0.5%`; 0 to 100. */
function readPercent(name: string, text: string | undefined, byDefault: number): number {
  if (text === undefined || text === '') return byDefault;
  const number = text.replace(/%$/, '');
  const value = Number(number);
  if (!/^\d+(\.\d+)?$/.test(number) || value > 100) {
    throw new SettingsError(`${name} must be a percentage such as 1 or 0.5, not "${text}"`);
  }
  return value;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

function readLogLevel(text: string | undefined): string {
  if (text === undefined || text === '') return 'info';
  if (!logLevels.includes(text))
    throw new SettingsError(`LOG_LEVEL must be one of ${logLevels.join(', ')}, not "${text}"`);
  return text;
}
