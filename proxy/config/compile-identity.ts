import { resolve } from 'node:path';
import type {
  ContextSource,
  FlagContextRules,
  ForceRules,
  JwtRules,
  PublicJwk,
} from '../routing/identity.ts';
import type { Files } from './compile-upstream.ts';
import { defaults } from './defaults.ts';
import { httpUrlProblem } from './http-url-problem.ts';
import type { FlagContextConfig, ForceConfig, JwtConfig } from './identity-schema.ts';
import { type Path, quote, type Reading, type Report } from './problem.ts';
import { readPublicKeys } from './read-public-keys.ts';
import { readContextSource } from './read-sticky-source.ts';
import type { Sound } from './sound.ts';

/** Of use only when nothing was reported. */
export function compileJwt(config: Sound<JwtConfig>, files: Files, report: Report): JwtRules {
  const {
    issuer = '',
    audience = [],
    algorithms,
    from,
    refreshSeconds,
    clockToleranceSeconds,
  } = {
    ...defaults.jwt,
    ...config,
  };
  const source = readContextSource(from);
  if ('problem' in source) report(['jwt', 'from'], source.problem);
  else if (source.value.from === 'claim')
    report(['jwt', 'from'], `${quote(from)} would need a token already`);
  return {
    keys: compileKeys(config.keys ?? '', refreshSeconds, files, report),
    issuer,
    audience: (typeof audience === 'string' ? [audience] : audience).filter((one) => one !== undefined),
    algorithms: algorithms.filter((one) => one !== undefined),
    from:
      'value' in source && source.value.from !== 'claim'
        ? { from: source.value.from, name: source.value.name }
        : { from: 'header', name: 'authorization' },
    clockToleranceSeconds,
  };
}

function compileKeys(keys: string, refreshSeconds: number, files: Files, report: Report): JwtRules['keys'] {
  const path = ['jwt', 'keys'];
  if (/^https?:/i.test(keys)) {
    const problem = httpUrlProblem(keys, 'must be without a user and a password');
    if (problem !== undefined) report(path, problem);
    else if (isPlain(new URL(keys))) {
      report(path, `${quote(keys)} must be https: whoever is in between could put a key of their own there`);
    }
    return { url: keys, refreshSeconds };
  }
  if (keys === '') return [];
  const read = readKeyFile(keys, files);
  if ('problem' in read) report(path, read.problem);
  return 'value' in read ? read.value : [];
}

function readKeyFile(name: string, { baseDir, readFile }: Files): Reading<readonly PublicJwk[]> {
  let text: string;
  try {
    text = readFile(resolve(baseDir, name));
  } catch (error) {
    return { problem: `${quote(name)} can't be read: ${(error as NodeJS.ErrnoException).code}` };
  }
  const read = readPublicKeys(text);
  return 'problem' in read ? { problem: `${quote(name)} ${read.problem}` } : read;
}

/** By http to another machine. */
const isPlain = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

export function compileForce(config: Sound<ForceConfig>, hasJwt: boolean, report: Report): ForceRules {
  if (!hasJwt) report(['force'], needsJwt);
  return { claim: config.claim ?? '', values: (config.values ?? []).filter((value) => value !== undefined) };
}

export const needsJwt = 'needs jwt at the top of the file: a claim counts only from a verified token';

/** Names that the context has already; a property of that name would not be found, or stand for something else. */
const takenNames: ReadonlySet<string> = new Set([
  'userId',
  'sessionId',
  'remoteAddress',
  'environment',
  'appName',
  'currentTime',
  'requestId',
  'ficusFineBucket',
]);

export function compileFlagContext(
  config: Sound<FlagContextConfig>,
  hasJwt: boolean,
  path: Path,
  report: Report,
): FlagContextRules {
  const read = (text: string, at: Path): ContextSource | undefined => {
    const source = readContextSource(text);
    if ('problem' in source) report(at, source.problem);
    else if (source.value.from === 'claim' && !hasJwt) report(at, `${quote(text)} ${needsJwt}`);
    return 'value' in source ? source.value : undefined;
  };
  const properties = Object.entries(config.properties ?? {}).flatMap(([name, text]) => {
    const at = [...path, 'properties', name];
    if (takenNames.has(name)) report(at, takenBecause(name), 'name');
    else if (!/^[\w.-]{1,100}$/.test(name)) report(at, 'must be letters, digits, dots, dashes', 'name');
    const source = text === undefined ? undefined : read(text, at);
    return source ? [{ name, source }] : [];
  });
  const { sessionId } = config;
  return {
    sessionId: sessionId === undefined ? undefined : read(sessionId, [...path, 'sessionId']),
    properties,
  };
}

function takenBecause(name: string): string {
  if (name === 'userId') return 'is what stickBy finds, so that flag and cap mean the same users';
  return 'is in every context already, and means something else there';
}
