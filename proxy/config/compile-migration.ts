import { resolve } from 'node:path';
import type { CoverageRules, Migration, Route, StickySource } from '../routing/model.ts';
import { isSafeMethod } from '../routing/model.ts';
import { compileCanary } from './compile-canary.ts';
import { compileCompare } from './compile-compare.ts';
import { compileContracts } from './compile-contracts.ts';
import { defaults } from './defaults.ts';
import { type Path, quote, type Reading, type Report } from './problem.ts';
import { readAll } from './read-all.ts';
import { readSeconds } from './read-duration.ts';
import { readRatio } from './read-percentage.ts';
import { readPlace } from './read-place.ts';
import { readRoleSource } from './read-role-source.ts';
import { defaultShadow, readRoute, readTemplate, rewriteProblem } from './read-route.ts';
import { readStickySource } from './read-sticky-source.ts';
import { hashOfRules } from './rules-hash.ts';
import type { MigrationConfig } from './schema.ts';
import type { Sound } from './sound.ts';

type Config = Sound<MigrationConfig>;
type Section<K extends keyof MigrationConfig> = Sound<NonNullable<MigrationConfig[K]>>;

/** Of use only when nothing was reported. */
export function compileMigration(id: string, config: Config, baseDir: string, report: Report): Migration {
  const path = ['migrations', id];
  const shadow = compileShadow(config.shadow ?? {}, [...path, 'shadow'], report);
  const routes = compileRoutes(config.routes ?? [], [...path, 'routes'], report);
  return {
    id,
    service: config.service ?? '',
    owner: config.owner,
    ...(config.openapi !== undefined && { openapi: resolve(baseDir, config.openapi) }),
    hosts: readAll(config.hosts ?? defaults.migration.hosts, readHost, [...path, 'hosts'], report),
    stickBy: compileStickBy(config.stickBy ?? defaults.migration.stickBy, [...path, 'stickBy'], report),
    routes,
    shadow,
    gate: compileGate(config.gate ?? {}, [...path, 'gate'], report),
    coverage: compileCoverage(config.coverage ?? {}, [...path, 'coverage'], report),
    canary: compileCanary(config.canary ?? {}, [...path, 'canary'], report),
    retire: { ...defaults.retire, ...config.retire },
    ...compileReadYourWrites(config.readYourWrites, [...path, 'readYourWrites'], report),
    guard: compileGuard(config.guard ?? {}, [...path, 'guard'], report),
    contracts: compileContracts(
      config.contracts ?? {},
      config.service ?? '',
      baseDir,
      [...path, 'contracts'],
      report,
    ),
    rulesHash: hashOfRules(shadow.compare, routes),
  };
}

function readHost(host: string): Reading<string> {
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host)) return { value: host };
  if (host !== host.toLowerCase()) {
    return { problem: `${quote(host)} must be lower-case: ${quote(host.toLowerCase())}` };
  }
  if (/:\d+$/.test(host)) return { problem: `${quote(host)} must be without its port` };
  return { problem: `${quote(host)} is no host name; patterns are not possible` };
}

function compileStickBy(texts: readonly (string | undefined)[], path: Path, report: Report): StickySource[] {
  for (const [index, text] of texts.entries()) {
    const isLast = index === texts.length - 1;
    if (!isLast && (text === 'ip' || text === 'random')) {
      report([...path, index], `"${text}" always has a value, so it must come last`);
    }
    if (text !== undefined && texts.indexOf(text) < index) {
      report([...path, index], `${quote(text)} is there twice`);
    }
  }
  return readAll(texts, readStickySource, path, report);
}

function compileRoutes(configs: NonNullable<Config['routes']>, path: Path, report: Report): Route[] {
  return configs.flatMap((config, index) => {
    if (config === undefined) return [];
    const at = [...path, index];
    if (typeof config === 'string') return compileRoute({ match: config }, at, at, report);
    return compileRoute(config, at, [...at, 'match'], report);
  });
}

type LongRoute = Sound<Exclude<MigrationConfig['routes'][number], string>>;

function compileRoute(config: LongRoute, path: Path, matchPath: Path, report: Report): Route[] {
  if (config.match === undefined) return [];
  const matcher = readRoute(config.match);
  if ('problem' in matcher) {
    report(matchPath, matcher.problem);
    return [];
  }
  const { method, template } = matcher.value;
  const shadow = config.shadow ?? defaultShadow(method);
  if (config.shadow === 'compare' && method !== '*' && !isSafeMethod(method)) {
    const hint = 'write dry-run (the service rolls it back), record or never';
    report([...path, 'shadow'], `"compare" would run ${method} twice; ${hint}`);
  }
  if (config.rewrite !== undefined) {
    const rewrite = readTemplate(config.rewrite);
    const problem = 'problem' in rewrite ? rewrite.problem : rewriteProblem(template, rewrite.value);
    if (problem !== undefined) report([...path, 'rewrite'], problem);
  }
  return [
    {
      id: `${method} ${template.text}`,
      method,
      template: template.text,
      shadow,
      rewrite: config.rewrite,
      ...(config.compare ? { compare: compileCompare(config.compare, [...path, 'compare'], report) } : {}),
    },
  ];
}

function compileShadow(config: Section<'shadow'>, path: Path, report: Report): Migration['shadow'] {
  const { timeoutMs, maxBodyBytes, redact } = { ...defaults.shadow, ...config };
  const noise = { ...defaults.noise, ...config.noise };
  return {
    timeoutMs,
    maxBodyBytes,
    noise: {
      share: 100 * ratio(noise.share, [...path, 'noise', 'share'], report),
      maxPerSecond: noise.maxPerSecond,
    },
    compare: compileCompare(config.compare ?? {}, [...path, 'compare'], report),
    redact: readAll(redact, readPlace, [...path, 'redact'], report),
  };
}

function ratio(text: string, path: Path, report: Report): number {
  const reading = readRatio(text);
  if ('value' in reading) return reading.value;
  report(path, reading.problem);
  return 0;
}

function compileGate(config: Section<'gate'>, path: Path, report: Report): Migration['gate'] {
  const gate = { ...defaults.gate, ...config };
  return { ...gate, agreement: ratio(gate.agreement, [...path, 'agreement'], report) };
}

function compileCoverage(config: Section<'coverage'>, path: Path, report: Report): CoverageRules {
  const { roles, minPairs, role } = { ...defaults.coverage, role: undefined, ...config };
  const named = roles.filter((one) => one !== undefined);
  if (named.length > 0 && role === undefined)
    report([...path, 'roles'], 'needs role beside it, such as header:x-role or claim:role');
  const source = role === undefined ? undefined : readRoleSource(role);
  if (source && 'problem' in source) report([...path, 'role'], source.problem);
  return { role: source && 'value' in source ? source.value : undefined, roles: named, minPairs };
}

function compileReadYourWrites(
  config: Config['readYourWrites'],
  path: Path,
  report: Report,
): Pick<Migration, 'readYourWritesSeconds'> {
  if (config === undefined) return {};
  const reading = readSeconds(config);
  if ('value' in reading) return { readYourWritesSeconds: reading.value };
  report(path, reading.problem);
  return {};
}

function compileGuard(config: Section<'guard'>, path: Path, report: Report): Migration['guard'] {
  const guard = { ...defaults.guard, ...config };
  return {
    ...guard,
    errorRate: ratio(guard.errorRate, [...path, 'errorRate'], report),
    slowRate: ratio(guard.slowRate, [...path, 'slowRate'], report),
    mismatchRate: ratio(guard.mismatchRate, [...path, 'mismatchRate'], report),
  };
}
