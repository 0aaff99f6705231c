import type { Migration, RoutingModel } from '../routing/model.ts';
import { compileFlagContext, compileForce, compileJwt, needsJwt } from './compile-identity.ts';
import { compileMigration } from './compile-migration.ts';
import { compileUpstream, type Files } from './compile-upstream.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Path, quote, type Report } from './problem.ts';
import { type PlacedRoute, reportTies } from './report-ties.ts';
import { idPattern, type MigrationConfig, type RoutesConfig } from './schema.ts';
import type { Sound } from './sound.ts';

export interface Context {
  readonly files: Files;
  /** Every upstream's name in the file, also of those that are not sound. */
  readonly upstreamNames: readonly string[];
  /** `routes.yaml:14:9` */
  readonly placeOf: (path: Path) => string;
  readonly report: Report;
  readonly warn: Report;
}

/** Of use only when nothing was reported. */
export function compileRoutes(config: Sound<RoutesConfig>, context: Context): Omit<RoutingModel, 'hash'> {
  const { files, report, warn } = context;
  const upstreams = entries(config.upstreams).map(([id, upstream]) => {
    checkId(['upstreams', id], id, report);
    return compileUpstream(id, upstream, id === config.default, files, report);
  });
  if (config.default !== undefined) checkReference(['default'], config.default, context);

  if (config.flagContext) {
    compileFlagContext(config.flagContext, config.jwt !== undefined, ['flagContext'], report);
  }

  const placed: PlacedRoute[] = [];
  const migrations = entries(config.migrations).map(([id, migrationConfig]) => {
    checkId(['migrations', id], id, report);
    checkService(id, migrationConfig.service, config.default, context);
    const migration = compileMigration(id, migrationConfig, files.baseDir, report);
    placed.push(...placedRoutes(migration, migrationConfig));
    warnOfMigration(migration, warn);
    return { ...migration, ...compileContext(id, migrationConfig, config, report) };
  });
  reportTies(placed, context.placeOf, report);

  const used = new Set([config.default, ...migrations.map(({ service }) => service)]);
  for (const { id } of upstreams) {
    if (!used.has(id)) warn(['upstreams', id], 'is not used by any migration', 'name');
  }
  return {
    upstreams,
    default: config.default ?? '',
    migrations,
    ...(config.jwt && { jwt: compileJwt(config.jwt, files, report) }),
    ...(config.force && { force: compileForce(config.force, config.jwt !== undefined, report) }),
  };
}

/** A migration's own, or that of the whole file, whose problems are told once. */
function compileContext(
  id: string,
  own: Sound<MigrationConfig>,
  { flagContext, jwt }: Sound<RoutesConfig>,
  report: Report,
): Pick<Migration, 'flagContext'> {
  const hasJwt = jwt !== undefined;
  const claim = (own.stickBy ?? []).findIndex((text) => text?.startsWith('claim:'));
  if (claim >= 0 && !hasJwt)
    report(['migrations', id, 'stickBy', claim], `${quote(own.stickBy?.[claim])} ${needsJwt}`);
  if (own.flagContext) {
    const path = ['migrations', id, 'flagContext'];
    return { flagContext: compileFlagContext(own.flagContext, hasJwt, path, report) };
  }
  return flagContext
    ? { flagContext: compileFlagContext(flagContext, hasJwt, ['flagContext'], () => {}) }
    : {};
}

function entries<T>(record: { readonly [id: string]: T } | undefined): [string, T][] {
  return Object.entries(record ?? {});
}

function checkId(path: Path, id: string, report: Report): void {
  if (idPattern.test(id)) return;
  const rule = 'a lower-case letter, then up to 62 lower-case letters, digits and dashes';
  report(path, `is not a good name: ${rule}`, 'name');
}

function checkReference(path: Path, id: string, { upstreamNames, report }: Context): void {
  if (upstreamNames.includes(id)) return;
  report(path, `${quote(id)} is not an upstream${didYouMean(id, upstreamNames)}`);
}

function checkService(
  id: string,
  service: string | undefined,
  defaultUpstream: string | undefined,
  context: Context,
): void {
  if (service === undefined) return;
  const path = ['migrations', id, 'service'];
  checkReference(path, service, context);
  if (service !== defaultUpstream) return;
  context.report(
    path,
    `${quote(service)} is the default upstream, which this migration is to move away from`,
  );
}

function placedRoutes({ id, hosts }: Migration, config: Sound<MigrationConfig>): PlacedRoute[] {
  // Hosts that are all wrong do not mean any host.
  if (hosts.length === 0 && (config.hosts?.length ?? 0) > 0) return [];
  return (config.routes ?? []).flatMap((route, index) => {
    const match = typeof route === 'string' ? route : route?.match;
    return match === undefined
      ? []
      : [{ migration: id, hosts, match, path: ['migrations', id, 'routes', index] }];
  });
}

function warnOfMigration({ id, stickBy, canary }: Migration, warn: Report): void {
  if (stickBy.length === 0 && canary.steps[0] !== 100) {
    const effect = 'below 100 % the monolith answers everybody';
    warn(['migrations', id], `has no stickBy: ${effect}`, 'name');
  }
  const random = stickBy.findIndex(({ from }) => from === 'random');
  if (random >= 0) {
    const effect = 'the same user may get either side';
    warn(['migrations', id, 'stickBy', random], `is drawn anew for each request: ${effect}`);
  }
}
