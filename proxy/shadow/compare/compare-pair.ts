import type { Answer, Difference, Pair } from '../pair.ts';
import { compareBodies } from './compare-bodies.ts';
import { compareHeaders, type SidePlaces } from './compare-headers.ts';
import { compareJsonBytes } from './compare-json-bytes.ts';
import { type CompiledRules, ignoringRule } from './compiled-rules.ts';
import { createDifferenceList, type DifferenceList } from './differences.ts';
import { firstValue } from './headers.ts';
import { translateIds } from './ids.ts';
import type { CompareLimits } from './limits.ts';
import { mapAnswer, translateAnswer } from './map-answer.ts';
import { bodyRoot, stepInto } from './place-tree.ts';
import { type Body, readBody } from './read-body.ts';
import { hashedLike } from './read-hashed.ts';

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

/** Of a pair, what comparing its answers takes besides them. */
export type PairContext = Pick<Pair, 'migration' | 'route' | 'request'>;

export type AnswerPair = PairContext & Pick<Pair, 'monolith' | 'service'>;

/** How a migration's pairs of one route are compared. */
export interface CompareSettings {
  readonly rules: CompiledRules;
  readonly upstreams: SidePlaces;
  readonly limits: CompareLimits;
  /** Who gave the answer that stands in the service's place. */
  readonly candidate: 'service' | 'monolith';
}

/**
 * Reads and compares; the differences' texts are those of the answers as they are, not redacted. Two JSON
 * bodies are compared as they are read, and read no further than is needed.
 */
export function comparePair(pair: AnswerPair, settings: CompareSettings): Comparison {
  const { monolith, service } = pair;
  const { rules, limits } = settings;
  const quick = !rules.maps && rules.learned.length === 0;
  if (quick && monolith.outcome === 'complete' && service.outcome === 'complete') {
    const differences = createDifferenceList(pair.migration, pair.route, limits);
    const isMore = compareHeads(pair, monolith, service, settings, differences);
    const bodyRules = bodyRoot(rules.root);
    if (!isMore || compareJsonBytes(monolith, service, bodyRules, differences, limits))
      return { outcome: 'compared', differences: differences.found };
  }
  const read = readPair(pair, limits);
  if (!read.ok) return { outcome: 'incomparable', reason: read.reason };
  return { outcome: 'compared', differences: compareAnswers(pair, read.monolith, read.service, settings) };
}

export function readPair(
  { monolith, service }: Pick<Pair, 'monolith' | 'service'>,
  limits: CompareLimits,
): ReadPair {
  const [one, other] = [readAnswer(monolith, service, limits), readAnswer(service, monolith, limits)];
  if (one.ok && other.ok) return { ok: true, monolith: one.answer, service: other.answer };
  const reasons = [!one.ok && `monolith ${one.reason}`, !other.ok && `service ${other.reason}`];
  return { ok: false, reason: reasons.filter(Boolean).join('; ') };
}

function readAnswer(
  answer: Answer,
  other: Answer,
  limits: CompareLimits,
): { readonly ok: true; readonly answer: ReadAnswer } | { readonly ok: false; readonly reason: string } {
  if (answer.outcome !== 'complete' && answer.outcome !== 'hashed')
    return { ok: false, reason: `${answer.outcome}: ${answer.detail}` };
  const { status, headers } = answer;
  if (answer.outcome === 'hashed' || other.outcome === 'hashed') {
    const hashed = hashedLike(answer, other);
    return hashed.ok ? { ok: true, answer: { status, headers, body: hashed.body } } : hashed;
  }
  const read = readBody(headers, answer.body, limits);
  if (!read.ok) return read;
  return { ok: true, answer: { status, headers, body: read.body } };
}

/** Where the two answers disagree, always seen from the monolith: `missing` is what the service lacks. */
export function compareAnswers(
  pair: PairContext,
  monolith: ReadAnswer,
  service: ReadAnswer,
  settings: CompareSettings,
): readonly Difference[] {
  const { rules, limits } = settings;
  const compare = (one: ReadAnswer, other: ReadAnswer) => {
    const differences = createDifferenceList(pair.migration, pair.route, limits);
    if (compareHeads(pair, one, other, settings, differences))
      compareBodies(one.body, other.body, bodyRoot(rules.root), differences, limits);
    return differences.found;
  };
  const one = rules.maps ? mapAnswer(monolith, rules.root, 'monolith') : monolith;
  const other = rules.maps ? mapAnswer(service, rules.root, settings.candidate) : service;
  if (rules.learned.length === 0) return compare(one, other);
  for (const learned of rules.learned) learned.clear();
  const found = compare(one, other);
  // What the sides call one thing is known now: everything is compared again in the monolith's words.
  const learned = new Map(rules.learned.flatMap((each) => [...each]));
  if (learned.size === 0) return found;
  return compare(
    one,
    translateAnswer(other, (text) => translateIds(text, learned)),
  );
}

/** Compares what comes before the bodies; false when what follows from it is not worth telling. */
function compareHeads(
  { request }: PairContext,
  monolith: Pick<ReadAnswer, 'status' | 'headers'>,
  service: Pick<ReadAnswer, 'status' | 'headers'>,
  { rules: { root }, upstreams }: CompareSettings,
  differences: DifferenceList,
): boolean {
  if (monolith.status !== service.status) {
    const ignored = ignoringRule(stepInto(root, 'status'));
    if (ignored !== undefined) ignored.mattered = true;
    else {
      const pattern = `status ${monolith.status}→${service.status}`;
      differences.add('status', pattern, 'value', String(monolith.status), String(service.status));
      // The rest of an error differs from the rest of a success as a consequence; listing it hides the cause.
      if (isError(monolith.status) !== isError(service.status)) return false;
    }
  }
  compareHeaders(monolith.headers, service.headers, {
    method: request.method,
    client: () => ({
      authority: firstValue(request.headers, 'host')?.toLowerCase() ?? '',
      target: request.target,
    }),
    upstreams,
    rules: stepInto(root, 'header'),
    differences,
  });
  return true;
}

function isError(status: number): boolean {
  return status >= 400;
}
