import type { Migration, RoleSource } from '../routing/model.ts';
import { compareAnswers, readPair } from './compare/compare-pair.ts';
import { compileRules, type RulesHere } from './compare/compiled-rules.ts';
import { headerValues } from './compare/headers.ts';
import type { CompareLimits } from './compare/limits.ts';
import { answerTexts, line, redactedAnswerTexts, requestTexts, type TextContext } from './comparer-texts.ts';
import { coverageOf } from './coverage.ts';
import type { ComparedPair, CompleteAnswer, Pair } from './pair.ts';
import type { Redactor } from './redact.ts';
import { compileRedaction, redactAnswer } from './redact-answer.ts';

/** What comparing needs of a migration. */
export type ComparedMigration = Pick<Migration, 'id' | 'rulesHash' | 'coverage'> & {
  readonly shadow: Pick<Migration['shadow'], 'compare' | 'redact'>;
};

/** The same, compiled. */
export interface CompareJob extends TextContext {
  readonly rules: RulesHere;
  readonly role: RoleSource | undefined;
}

export function compileJob(
  migration: ComparedMigration,
  redactor: Redactor,
  limits: CompareLimits,
): CompareJob {
  const { compare, redact } = migration.shadow;
  const role = migration.coverage?.role;
  return { rules: compileRules(compare), role, redacted: compileRedaction(redact), redactor, limits };
}

/**
 * Makes of a pair what is kept of it: reads, redacts, compares, in this order, so that no secret gets into
 * any text. Of a pair that agrees, nothing but that is kept.
 */
export function examinePair(pair: Pair, job: CompareJob): ComparedPair {
  return { ...examined(pair, job), coverage: coverageOf(pair, job.role) };
}

function examined(pair: Pair, job: CompareJob): ComparedPair {
  if (isEvidentlySame(pair, job)) return outcomeOf(pair, 'agreed');
  const read = readPair(pair, job.limits);
  if (!read.ok) return incomparable(pair, read.reason, job);
  const monolith = redactAnswer(read.monolith, job.redactor, job.redacted);
  const service = redactAnswer(read.service, job.redactor, job.redacted);
  const differences = compareAnswers(pair, monolith, service, job.rules, job.limits);
  if (differences.length === 0) return outcomeOf(pair, 'agreed');
  return {
    ...outcomeOf(pair, 'differed'),
    differences,
    request: requestTexts(pair.request, job),
    monolith: redactedAnswerTexts(monolith, job.limits),
    service: redactedAnswerTexts(service, job.limits),
  };
}

/** What can be told of a pair without looking into it. */
export type PairFacts = Pick<
  ComparedPair,
  'id' | 'migration' | 'route' | 'at' | 'control' | 'coverage' | 'monolithMs' | 'serviceMs'
>;

export function factsOf({ id, migration, route, at, control, monolith, service }: Pair): PairFacts {
  return {
    id,
    migration,
    route,
    at,
    control,
    monolithMs: monolith.durationMs,
    serviceMs: service.durationMs,
  };
}

function outcomeOf(pair: Pair, outcome: ComparedPair['outcome']): ComparedPair {
  return { ...factsOf(pair), outcome, differences: [] };
}

function incomparable(pair: Pair, reason: string, job: CompareJob): ComparedPair {
  return {
    ...outcomeOf(pair, 'incomparable'),
    reason: line(job.redactor.text(reason)),
    request: requestTexts(pair.request, job),
    monolith: answerTexts(pair.monolith, job),
    service: answerTexts(pair.service, job),
  };
}

/** Most pairs end here: the same bytes with heads that agree. Nothing is decoded or parsed. */
function isEvidentlySame(pair: Pair, { rules, limits }: CompareJob): boolean {
  const { monolith, service } = pair;
  if (monolith.outcome !== 'complete' || service.outcome !== 'complete') return false;
  if (Buffer.compare(monolith.body, service.body) !== 0 || encodingOf(monolith) !== encodingOf(service))
    return false;
  const head = ({ status, headers }: CompleteAnswer) => ({
    status,
    headers,
    body: { kind: 'empty' } as const,
  });
  return compareAnswers(pair, head(monolith), head(service), rules, limits).length === 0;
}

function encodingOf({ headers }: CompleteAnswer): string | undefined {
  return headerValues(headers).get('content-encoding')?.join();
}
