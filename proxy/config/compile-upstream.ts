import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { isLinkLocal } from '../routing/link-local.ts';
import type { BreakerRules, Upstream } from '../routing/model.ts';
import { defaults } from './defaults.ts';
import { type Path, quote, type Report } from './problem.ts';
import { readHeaderName, readTokens } from './read-tokens.ts';
import { readUpstreamUrl, type UpstreamAddress } from './read-upstream-url.ts';
import type { UpstreamConfig } from './schema.ts';
import type { Sound } from './sound.ts';

/** Where the files that routes.yaml names are, and how they are read. Throws what `readFileSync` throws. */
export interface Files {
  readonly baseDir: string;
  readonly readFile: (path: string) => string;
  /** `FICUS_SECRET_…` of the proxy's environment; undefined: it is not known here, and nothing of it is asked for. */
  readonly secrets?: Secrets | undefined;
}

export type Secrets = Readonly<Record<string, string>>;

type Config = Sound<UpstreamConfig>;

/** Of use only when nothing was reported. */
export function compileUpstream(
  id: string,
  config: Config,
  isDefault: boolean,
  files: Files,
  report: Report,
): Upstream {
  const path = ['upstreams', id];
  const settings = { ...defaults.upstream, ...config };
  const { host, version } = config;
  if (host !== undefined && !/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(host)) {
    report([...path, 'host'], `${quote(host)} is no host name, with or without a port`);
  }
  if (version !== undefined && !/^[\x21-\x7e]{1,128}$/.test(version)) {
    report([...path, 'version'], `${quote(version)} must be up to 128 visible ASCII characters`);
  }
  const { resolver } = config;
  if (resolver !== undefined && !isNameServer(resolver)) {
    report([...path, 'resolver'], `${quote(resolver)} is no address and port, such as 10.0.0.2:53`);
  }
  const address = compileAddress(config, path, report);
  if (address && isLinkLocal(address.hostname) && !settings.allowLinkLocal) {
    const message = `${quote(address.hostname)} is a link-local or metadata address`;
    report([...path, 'url'], `${message}; set allowLinkLocal: true if it is meant`);
  }
  return {
    id,
    ...(address ?? { protocol: 'http:', hostname: '', port: 0, socketPath: '', basePath: '' }),
    host,
    version,
    connectTimeoutMs: settings.connectTimeoutMs,
    responseTimeoutMs: settings.responseTimeoutMs,
    idleTimeoutMs: settings.idleTimeoutMs,
    maxConnections: settings.maxConnections,
    maxWaiting: settings.maxWaiting,
    breaker: compileBreaker(config.breaker, isDefault),
    resolver,
    allowLinkLocal: settings.allowLinkLocal,
    credentials: compileCredentials(config.credentials, [...path, 'credentials'], report),
    ...(config.tokens && { tokens: readTokens(config.tokens, [...path, 'tokens'], files, report) }),
    tls: compileTls(config, address, path, files, report),
  };
}

function compileCredentials(
  config: Config['credentials'],
  path: Path,
  report: Report,
): Upstream['credentials'] {
  if (config === undefined || typeof config === 'string') return config ?? defaults.upstream.credentials;
  return config.flatMap((name, index) => {
    if (name === undefined) return [];
    const header = readHeaderName(name);
    if ('value' in header) return [header.value];
    report([...path, index], header.problem);
    return [];
  });
}

/** Nothing stands in for the default upstream, so its breaker opens late and looks again soon. */
const cautiousBreaker = { ...defaults.breaker, openMs: 1000, counts: 'connect' } as const;

function compileBreaker(config: Config['breaker'], isDefault: boolean): BreakerRules | undefined {
  if (config === 'off') return undefined;
  return { ...(isDefault ? cautiousBreaker : defaults.breaker), ...config };
}

function isNameServer(text: string): boolean {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text);
  if (!parts) return false;
  const port = Number(parts[3]);
  return isIP(parts[1] ?? parts[2]!) !== 0 && port > 0 && port <= 65_535;
}

function compileAddress({ url }: Config, path: Path, report: Report): UpstreamAddress | undefined {
  if (url === undefined) return undefined;
  const address = readUpstreamUrl(url);
  if ('value' in address) return address.value;
  report([...path, 'url'], address.problem);
  return undefined;
}

const pemSettings = ['ca', 'cert', 'key'] as const;
type Pems = Partial<Record<(typeof pemSettings)[number], string>>;

function compileTls(
  config: Config,
  address: UpstreamAddress | undefined,
  path: Path,
  files: Files,
  report: Report,
): Upstream['tls'] {
  const given = pemSettings.filter((name) => config[name] !== undefined);
  if (given.length === 0) return undefined;
  if (address && address.protocol !== 'https:') {
    for (const name of given) report([...path, name], 'is for https: upstreams only', 'name');
    return undefined;
  }
  const pems: Pems = {};
  for (const name of given) {
    const pem = readPem(files, config[name]!, [...path, name], report);
    if (pem !== undefined) pems[name] = pem;
  }
  if (given.includes('cert') !== given.includes('key')) {
    const [has, lacks] = given.includes('cert') ? ['cert', 'key'] : ['key', 'cert'];
    report([...path, has], `needs a ${lacks} beside it`, 'name');
  } else if (pems.cert !== undefined && pems.key !== undefined) {
    const { cert, key } = pems;
    attempt(
      () => process.getBuiltinModule('node:tls').createSecureContext({ cert, key }),
      [...path, 'cert'],
      'and key do not fit together',
      report,
    );
  }
  if (pems.ca !== undefined) {
    const certificates = pems.ca.split(/(?=-----BEGIN )/).filter((part) => part.startsWith('-----BEGIN '));
    // Not a secure context, which takes what it can read and is silent about the rest.
    const readAll = () => certificates.forEach((pem) => void new X509Certificate(pem));
    attempt(readAll, [...path, 'ca'], 'has what is no certificate', report);
  }
  return pems;
}

function readPem(files: Files, name: string, path: Path, report: Report): string | undefined {
  const file = resolve(files.baseDir, name);
  try {
    const pem = files.readFile(file);
    if (pem.includes('-----BEGIN ')) return pem;
    report(path, `${quote(file)} is no PEM file`);
  } catch (error) {
    report(path, `${quote(file)} cannot be read: ${errorCode(error)}`);
  }
  return undefined;
}

function attempt(action: () => unknown, path: Path, message: string, report: Report): void {
  try {
    action();
  } catch (error) {
    report(path, `${message}: ${errorCode(error)}`, 'name');
  }
}

function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
