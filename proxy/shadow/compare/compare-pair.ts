import type { Answer, Difference, Pair } from '../pair.ts';
import { compareBodies } from './compare-bodies.ts';
import { compareHeaders } from './compare-headers.ts';
import { isIgnored, type RulesHere } from './compiled-rules.ts';
import { createDifferenceList } from './differences.ts';
import type { CompareLimits } from './limits.ts';
import { bodyRoot, stepInto } from './place-tree.ts';
import { type Body, readBody } from './read-body.ts';

export type Comparison =
  | { readonly outcome: 'compared'; readonly differences: readonly Difference[] }
  | { readonly outcome: 'incomparable'; readonly reason: string };

/** A complete answer with its body read. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Body;
}

export type ReadPair =
  | { readonly ok: true; readonly monolith: ReadAnswer; readonly service: ReadAnswer }
  /** `service timed-out: over 1000 ms`, `monolith too deep: …`; of both sides, where both are to blame. */
  | { readonly ok: false; readonly reason: string };

/** Reads and compares; the differences' texts are those of the answers as they are, not redacted. */
export function comparePair(pair: Pair, rules: RulesHere, limits: CompareLimits): Comparison {
  const read = readPair(pair, limits);
  if (!read.ok) return { outcome: 'incomparable', reason: read.reason };
  const differences = compareAnswers(pair, read.monolith, read.service, rules, limits);
  return { outcome: 'compared', differences };
}

export function readPair({ monolith, service }: Pair, limits: CompareLimits): ReadPair {
  const [one, other] = [readAnswer(monolith, limits), readAnswer(service, limits)];
  if (one.ok && other.ok) return { ok: true, monolith: one.answer, service: other.answer };
  const reasons = [!one.ok && `monolith ${one.reason}`, !other.ok && `service ${other.reason}`];
  return { ok: false, reason: reasons.filter(Boolean).join('; ') };
}

function readAnswer(
  answer: Answer,
  limits: CompareLimits,
): { readonly ok: true; readonly answer: ReadAnswer } | { readonly ok: false; readonly reason: string } {
  if (answer.outcome !== 'complete') return { ok: false, reason: `${answer.outcome}: ${answer.detail}` };
  const read = readBody(answer.headers, answer.body, limits);
  if (!read.ok) return read;
  return { ok: true, answer: { status: answer.status, headers: answer.headers, body: read.body } };
}

/** Where the two answers disagree, always seen from the monolith: `missing` is what the service lacks. */
export function compareAnswers(
  { migration, route, request }: Pick<Pair, 'migration' | 'route' | 'request'>,
  monolith: ReadAnswer,
  service: ReadAnswer,
  rules: RulesHere,
  limits: CompareLimits,
): readonly Difference[] {
  const differences = createDifferenceList(migration, route, limits);
  if (monolith.status !== service.status && !isIgnored(stepInto(rules, 'status'))) {
    const pattern = `status ${monolith.status}→${service.status}`;
    differences.add('status', pattern, 'value', String(monolith.status), String(service.status));
    // The rest of an error differs from the rest of a success as a consequence; listing it hides the cause.
    if (isError(monolith.status) !== isError(service.status)) return differences.found;
  }
  const headerRules = stepInto(rules, 'header');
  compareHeaders(monolith.headers, service.headers, {
    method: request.method,
    rules: headerRules,
    differences,
  });
  compareBodies(monolith.body, service.body, bodyRoot(rules), differences, limits);
  return differences.found;
}

function isError(status: number): boolean {
  return status >= 400;
}
