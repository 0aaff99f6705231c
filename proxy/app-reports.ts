import type { VerifyResult } from './admin/admin-deps.ts';
import type { ConfigReport, Readiness } from './admin/api-types.ts';
import { formatProblem } from './config/problem.ts';
import type { CertificateWatcher } from './config/watch-certificate.ts';
import type { RoutesWatcher } from './config/watch-routes.ts';
import type { MigrationStatus } from './delivery/model.ts';
import type { VerifiedContracts } from './evidence/contracts/verify-contracts.ts';
import type { RoutingModel } from './routing/model.ts';
import type { SharedRedis } from './store/redis.ts';
import type { GuardState } from './telemetry/guard-metrics.ts';
import type { MetricsState } from './telemetry/metrics.ts';

/** How the parts' own words become those of the admin API and of the metrics. */

export function certificatePart(watcher: CertificateWatcher): Readiness['parts'][string] {
  const until = new Date(watcher.current().notAfter).toISOString();
  return { up: watcher.problem() === undefined, detail: watcher.problem() ?? `valid until ${until}` };
}

export function verifyResult({ results, problems }: VerifiedContracts): VerifyResult {
  if (results.length === 0) return { done: false, reasons: problems };
  return {
    done: true,
    results: results.map(({ evidence, failures }) => ({
      ...evidence,
      failures: failures.map(({ subject, problems: texts }) => ({
        interaction: subject,
        text: texts.join('; '),
      })),
    })),
  };
}

export function configReport(
  file: string,
  routes: RoutesWatcher,
  model: RoutingModel,
  loadedAt: string,
): ConfigReport {
  return { file, hash: model.hash, loadedAt, problems: routes.problems().map(formatProblem) };
}

export function guardOf(statuses: readonly MigrationStatus[], redis: SharedRedis | undefined): GuardState {
  return {
    latched: statuses.map(({ id, latch }) => ({ migration: id, latched: latch !== undefined })),
    redisUp: redis?.health().up,
  };
}

export function sharesOf({
  id,
  share,
  shadowShare,
  override,
}: MigrationStatus): MetricsState['shares'][number] {
  const overrideUntil = override && Date.parse(override.until) / 1000;
  return { migration: id, ...share, shadow: shadowShare, ...(overrideUntil && { overrideUntil }) };
}
