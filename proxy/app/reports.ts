import type { VerifyResult } from '../admin/admin-deps.ts';
import type { ConfigReport, Readiness } from '../admin/api-types.ts';
import { formatProblem } from '../config/problem.ts';
import type { CertificateWatcher } from '../config/watch-certificate.ts';
import type { RoutesWatcher } from '../config/watch-routes.ts';
import type { MigrationStatus } from '../delivery/model.ts';
import type { VerifiedContracts } from '../evidence/contracts/verify-contracts.ts';
import type { RoutingModel } from '../routing/model.ts';
import type { ComparedPair } from '../shadow/pair.ts';
import { type AuditRights, unguardedAudit } from '../store/audit-rights.ts';
import type { AuditEntry } from '../store/model.ts';
import type { SharedRedis } from '../store/redis.ts';
import type { GuardState } from '../telemetry/guard-metrics.ts';
import type { MetricsState } from '../telemetry/metrics.ts';

/** How the parts' own words become those of the admin API, the audit and the metrics. */

export function certificatePart(watcher: CertificateWatcher): Readiness['parts'][string] {
  const until = new Date(watcher.current().notAfter).toISOString();
  return { up: watcher.problem() === undefined, detail: watcher.problem() ?? `valid until ${until}` };
}

/** Whether what is moved is written down for good: rows that fit, nothing lost, and nobody of ours who can change it. */
export function auditPart(
  problem: string | undefined,
  { waiting, lost }: { readonly waiting: number; readonly lost: number },
  rights: AuditRights | undefined,
): Readiness['parts'][string] {
  const details = [
    ...(problem === undefined ? [] : [problem]),
    ...(lost === 0 ? [] : [`${lost} entries are in the log only.`]),
    ...(waiting === 0 ? [] : [`${waiting} entries wait for Postgres.`]),
    ...(rights?.mayChange ? [unguardedAudit(rights)] : []),
  ];
  return {
    up: problem === undefined && lost === 0,
    ...(details.length > 0 && { detail: details.join(' ') }),
  };
}

export function verifyResult({ results, problems }: VerifiedContracts): VerifyResult {
  if (results.length === 0) return { done: false, reasons: problems };
  return {
    done: true,
    problems,
    results: results.map(({ evidence, interactions, failures, warnings, pact }) => ({
      ...evidence,
      interactions,
      from: pact.file,
      pending: pact.pending,
      warnings,
      failures: failures.map(({ subject, problems: texts }) => ({
        interaction: subject,
        text: texts.join('\n'),
      })),
    })),
  };
}

export function verifyEntry(
  { results, problems }: VerifiedContracts,
  migration: string,
  actor: string,
  at: string,
): AuditEntry {
  const outcomes = results.map(({ evidence: { side, consumer, build, outcome } }) => ({
    side,
    consumer,
    build,
    outcome,
  }));
  return { at, actor, action: 'verify', migration, reason: '', detail: { outcomes, problems } };
}

/** What a stored pair is a sample of, besides its signatures. */
export function useOf({ coverage }: Pick<ComparedPair, 'coverage'>): { readonly use?: string } {
  return coverage ? { use: coverage.use } : {};
}

export function configReport(
  file: string,
  routes: RoutesWatcher,
  model: RoutingModel,
  loadedAt: string,
): Pick<ConfigReport, 'file' | 'hash' | 'loadedAt' | 'problems'> {
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
