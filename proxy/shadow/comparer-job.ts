import type { RoleSource } from '../routing/model.ts';
import {
  type AnswerPair,
  type CompareSettings,
  compareAnswers,
  comparePair,
  type ReadAnswer,
  readPair,
} from './compare/compare-pair.ts';
import { type CompiledRules, joinRules, markRules, type Rule } from './compare/compiled-rules.ts';
import { headerValues } from './compare/headers.ts';
import type { CompareLimits } from './compare/limits.ts';
import type { ComparedMigration } from './compared-migration.ts';
import { answerTexts, line, redactedAnswerTexts, requestTexts, type TextContext } from './comparer-texts.ts';
import { coverageOf } from './coverage.ts';
import { type CheckDescribed, compileDescription } from './described-answers.ts';
import { failedSides } from './failed-sides.ts';
import type { Answer, ComparedPair, CompleteAnswer, Difference, Pair } from './pair.ts';
import type { Redactor } from './redact.ts';
import { compileRedaction, redactAnswer } from './redact-answer.ts';
import { shownDifferences } from './shown-differences.ts';
import { WantedUses } from './wanted-uses.ts';

export type { ComparedMigration } from './compared-migration.ts';

/** A migration's part of comparing, compiled. */
export interface CompareJob extends TextContext {
  /** The migration's rules and those of the route. */
  rulesFor(route: string): CompiledRules;
  readonly upstreams: CompareSettings['upstreams'];
  readonly role: RoleSource | undefined;
  readonly wantedUses: WantedUses;
  /** Holds answers against the service's description, where there is one. */
  readonly checkDescribed: CheckDescribed | undefined;
  /** The migration's rules, then those of its routes: in the order of `ruleNames`. */
  readonly allRules: readonly Rule[];
}

export function compileJob(
  { shadow: { compare, redact }, routes = [], upstreams, coverage, description }: ComparedMigration,
  redactor: Redactor,
  limits: CompareLimits,
): CompareJob {
  const ofAll = markRules(compare);
  const ofRoutes = routes.map(({ id, compare: own }) => [id, own ? markRules(own, id) : []] as const);
  const common = joinRules(ofAll);
  const byRoute = new Map(ofRoutes.map(([id, own]) => [id, joinRules(ofAll, own)]));
  return {
    rulesFor: (route) => byRoute.get(route) ?? common,
    allRules: joinRules(ofAll, ...ofRoutes.map(([, own]) => own)).all,
    upstreams: upstreams ?? { monolith: undefined, service: undefined },
    role: coverage?.role,
    wantedUses: new WantedUses(),
    checkDescribed: description && compileDescription(description, redactor, limits),
    redacted: compileRedaction(redact),
    redactor,
    limits,
  };
}

/**
 * Makes of a pair what is kept of it: reads, redacts, compares, in this order, so that no secret gets into
 * any text. Of a pair that agrees, nothing but that is kept, except for a few samples of what clients ask for.
 */
export function examinePair(pair: Pair, job: CompareJob): ComparedPair {
  return examineWithRules(pair, job).compared;
}

/** The same, with the rules that mattered; undefined where the bodies were not gone through. */
export function examineWithRules(
  pair: Pair,
  job: CompareJob,
): { readonly compared: ComparedPair; readonly mattered: readonly number[] | undefined } {
  const rules = job.rulesFor(pair.route);
  const settings: CompareSettings = {
    rules,
    upstreams: job.upstreams,
    limits: job.limits,
    candidate: 'service',
  };
  for (const rule of job.allRules) rule.mattered = false;
  const examined = examine(pair, job, settings);
  // Answers of the same bytes say nothing about rules for what is in them.
  const walked = rules.all.length > 0 && examined.outcome !== 'incomparable' && !examined.isSameBytes;
  const mattered = walked ? matteringOf(job) : undefined;
  const again = pair.monolithAgain && examineAgain(pair, pair.monolithAgain, job, settings);
  const coverage = coverageOf(pair, job.role);
  const isSample = examined.outcome === 'agreed' && job.wantedUses.take(pair.route, coverage.use);
  const sample = isSample
    ? { request: requestTexts(pair.request, job), monolith: answerTexts(pair.monolith, job) }
    : {};
  const described = job.checkDescribed?.(pair);
  const facts = { coverage, ...(again ? { again } : {}), ...(described ? { described } : {}) };
  return { compared: { ...kept(pair, examined, job), ...sample, ...facts }, mattered };
}

function matteringOf({ allRules }: CompareJob): number[] {
  return allRules.flatMap(({ mattered }, index) => (mattered ? [index] : []));
}

/** The monolith's two answers by the same rules, the second in the service's place, so with the same signatures. */
function examineAgain(
  pair: Pair,
  monolithAgain: Answer,
  job: CompareJob,
  { upstreams, ...settings }: CompareSettings,
): NonNullable<ComparedPair['again']> {
  const { outcome, differences } = examine({ ...pair, service: monolithAgain }, job, {
    ...settings,
    upstreams: { monolith: upstreams.monolith, service: upstreams.monolith },
    candidate: 'monolith',
  });
  return { outcome, differences };
}

type Examined =
  | { readonly outcome: 'agreed'; readonly differences: readonly []; readonly isSameBytes: boolean }
  | {
      readonly outcome: 'differed';
      readonly differences: readonly Difference[];
      readonly isSameBytes: false;
      readonly monolith: ReadAnswer;
      readonly service: ReadAnswer;
    }
  | {
      readonly outcome: 'incomparable';
      readonly differences: readonly [];
      readonly isSameBytes: false;
      readonly reason: string;
    };

function examine(pair: AnswerPair, job: CompareJob, settings: CompareSettings): Examined {
  const agreed = { outcome: 'agreed', differences: [] } as const;
  if (isEvidentlySame(pair, settings)) return { ...agreed, isSameBytes: true };
  const raw = comparePair(pair, settings);
  if (raw.outcome === 'incomparable')
    return { outcome: 'incomparable', differences: [], isSameBytes: false, reason: raw.reason };
  if (raw.differences.length === 0) return { ...agreed, isSameBytes: false };
  // Only what differs is read as a whole, and compared again with its secrets hidden.
  const read = readPair(pair, job.limits);
  if (!read.ok) return { outcome: 'incomparable', differences: [], isSameBytes: false, reason: read.reason };
  const monolith = redactAnswer(read.monolith, job.redactor, job.redacted);
  const service = redactAnswer(read.service, job.redactor, job.redacted);
  const redacted = compareAnswers(pair, monolith, service, settings);
  const differences = shownDifferences(raw.differences, redacted, job.redactor);
  return { outcome: 'differed', differences, isSameBytes: false, monolith, service };
}

function kept(pair: Pair, examined: Examined, job: CompareJob): ComparedPair {
  const { outcome, differences } = examined;
  const facts = { ...factsOf(pair), outcome, differences };
  if (examined.outcome === 'agreed') return facts;
  if (examined.outcome === 'differed') {
    return {
      ...facts,
      request: requestTexts(pair.request, job),
      monolith: redactedAnswerTexts(examined.monolith, job.limits),
      service: redactedAnswerTexts(examined.service, job.limits),
    };
  }
  return {
    ...facts,
    reason: line(job.redactor.text(examined.reason)),
    request: requestTexts(pair.request, job),
    monolith: answerTexts(pair.monolith, job),
    service: answerTexts(pair.service, job),
  };
}

/** What can be told of a pair without looking into it. */
export type PairFacts = Pick<
  ComparedPair,
  'id' | 'migration' | 'route' | 'at' | 'control' | 'coverage' | 'failed' | 'monolithMs' | 'serviceMs'
>;

export function factsOf({ id, migration, route, at, control, monolith, service }: Pair): PairFacts {
  const failed = failedSides({ monolith, service });
  return {
    id,
    migration,
    route,
    at,
    control,
    ...(failed && { failed }),
    monolithMs: monolith.durationMs,
    serviceMs: service.durationMs,
  };
}

/** Most pairs end here: the same bytes with heads that agree. Nothing is decoded or parsed. */
function isEvidentlySame(pair: AnswerPair, settings: CompareSettings): boolean {
  const { monolith, service } = pair;
  if (monolith.outcome !== 'complete' || service.outcome !== 'complete') return false;
  if (Buffer.compare(monolith.body, service.body) !== 0 || encodingOf(monolith) !== encodingOf(service))
    return false;
  const head = ({ status, headers }: CompleteAnswer): ReadAnswer => ({
    status,
    headers,
    body: { kind: 'empty' },
  });
  return compareAnswers(pair, head(monolith), head(service), settings).length === 0;
}

function encodingOf({ headers }: CompleteAnswer): string | undefined {
  return headerValues(headers).get('content-encoding')?.join();
}
