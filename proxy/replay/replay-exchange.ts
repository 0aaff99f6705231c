import { targetOnService } from '../data-plane/rewrite-target.ts';
import { keyIdOf, onceOnly, withoutHashes } from '../recording/redacted.ts';
import type { RecordedAnswer, RecordedExchange, RecordingHeader } from '../recording/schema.ts';
import { isSafeMethod } from '../routing/model.ts';
import { defaultCompareLimits } from '../shadow/compare/limits.ts';
import type { UpstreamPlaces } from '../shadow/compare/own-places.ts';
import type { ComparedMigration } from '../shadow/compared-migration.ts';
import { type CompareJob, compileJob, examinePair } from '../shadow/comparer-job.ts';
import type { Answer, CapturedRequest, ComparedPair, Difference, Pair } from '../shadow/pair.ts';
import { createRedactor, type Redactor } from '../shadow/redact.ts';
import { redactTarget } from '../shadow/redact-query.ts';
import type { MatchedExchange, ReplayedMigration } from './match-exchange.ts';
import type { RequestSender } from './send-request.ts';
import type { ReplayOutcome } from './tally.ts';

export interface ExchangeReplayDeps {
  /** Undefined: recorded answers stand in for it. */
  readonly monolith: RequestSender | undefined;
  readonly service: RequestSender;
  readonly unsafe: 'skip' | 'dry-run' | 'send';
  readonly timeoutMs: number | undefined;
  /** Where the two are: their absolute URLs in answers mean the same place. */
  readonly urls: { readonly monolith: URL | undefined; readonly service: URL };
  /** What the routes file says of the two, by migration: recorded answers name the monolith of that time. */
  readonly configured: ReadonlyMap<string, ComparedMigration['upstreams']>;
  readonly redactionKey: Uint8Array;
  /** Of the recording, to see whether its secrets were hidden under the same key. */
  readonly headers: readonly RecordingHeader[];
}

export type ReplayExchange = (
  exchange: RecordedExchange,
  request: CapturedRequest,
  matched: MatchedExchange,
  /** How long after it was due it is sent. */
  behindMs: number,
) => Promise<ReplayOutcome>;

/** Sends a recorded request to both sides and compares as live traffic is compared. */
export function createExchangeReplay(deps: ExchangeReplayDeps): ReplayExchange {
  const redactor = onceOnly(createRedactor(deps.redactionKey));
  const jobs = new Map<string, CompareJob>();
  const isSameKey = deps.headers.every(({ keyId }) => keyId === keyIdOf(deps.redactionKey));

  return async (exchange, request, matched, behindMs) => {
    const { migration, routeId: route } = matched;
    const isSafe = isSafeMethod(request.method);
    const limits = {
      timeoutMs: deps.timeoutMs ?? migration.shadow.timeoutMs,
      maxBodyBytes: migration.shadow.maxBodyBytes,
    };
    const dryRun = !isSafe && deps.unsafe === 'dry-run';
    // What is not sent twice is not done twice: with dry-run, the monolith's part is what it answered then.
    const usesRecorded = deps.monolith === undefined || dryRun;
    if (usesRecorded && exchange.answer === undefined)
      return { kind: 'skipped', reason: 'no recorded answer' };
    const onService = matched.route ? targetOnService(matched.route, request.target) : request.target;
    const mark = isSafe ? 'compare' : dryRun ? 'dry-run' : undefined;
    const [monolith, service] = await Promise.all([
      usesRecorded || deps.monolith === undefined
        ? recordedAnswer(exchange.answer!)
        : deps.monolith.send(request, limits, isSafe ? 'compare' : undefined),
      deps.service.send({ ...request, target: onService }, limits, mark),
    ]);
    const { id, at } = exchange;
    const pair: Pair = {
      id,
      migration: migration.id,
      route,
      at,
      control: 'monolith',
      request,
      monolith,
      service,
    };
    const job = jobs.get(migration.id) ?? compile(migration, deps, redactor);
    jobs.set(migration.id, job);
    const compared = examinePair(pair, job);
    const asksAgain = compared.outcome === 'differed' && isSafe && !usesRecorded;
    const again = asksAgain ? await deps.monolith?.send(request, limits, 'compare') : undefined;
    const judged =
      again === undefined ? compared : withoutNoise(examinePair({ ...pair, monolithAgain: again }, job));
    return {
      kind: 'compared',
      pair: usesRecorded && !isSameKey ? withoutKeyDifferences(compared) : judged,
      isNoise: judged.outcome !== compared.outcome,
      target: redactTarget(request.target, redactor),
      latencyMs: {
        ...(!usesRecorded && { monolith: monolith.durationMs + behindMs }),
        service: service.durationMs + behindMs,
      },
      behindMs,
    };
  };
}

function compile(
  migration: ReplayedMigration,
  { urls: { monolith, service }, configured }: Pick<ExchangeReplayDeps, 'urls' | 'configured'>,
  redactor: Redactor,
): CompareJob {
  const rewrites = (migration.routes ?? []).flatMap(({ template, rewrite }) =>
    rewrite === undefined ? [] : [{ template, rewrite }],
  );
  const known = configured.get(migration.id);
  const ofMonolith = monolith ? placesOf(monolith, [], known?.monolith) : known?.monolith;
  const upstreams = ofMonolith && {
    monolith: ofMonolith,
    service: placesOf(service, rewrites, known?.service),
  };
  return compileJob({ ...migration, ...(upstreams && { upstreams }) }, redactor, defaultCompareLimits);
}

function placesOf(
  { protocol, hostname, port, pathname }: URL,
  rewrites: UpstreamPlaces['rewrites'],
  known: UpstreamPlaces | undefined,
): UpstreamPlaces {
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const authority = `${hostname}:${port || (scheme === 'https' ? 443 : 80)}`;
  const authorities = [authority.toLowerCase(), ...(known?.authorities ?? [])];
  return { scheme, authorities, basePath: pathname.replace(/\/$/, ''), rewrites };
}

/** Bodies were recorded decoded, and as UTF-8. */
function recordedAnswer({ status, headers, body, durationMs = 0, detail }: RecordedAnswer): Answer {
  if (status === undefined)
    return { outcome: 'failed', detail: `recorded as ${detail ?? 'no answer'}`, durationMs };
  if (body && 'omitted' in body)
    return { outcome: 'too-large', detail: `not recorded: ${body.omitted}`, durationMs };
  const text = body && 'text' in body ? Buffer.from(body.text) : undefined;
  const bytes = body && 'base64' in body ? Buffer.from(body.base64, 'base64') : text;
  return {
    outcome: 'complete',
    status,
    headers: text ? withUtf8(headers) : headers,
    body: bytes ?? new Uint8Array(),
    durationMs,
  };
}

function withUtf8(flat: readonly string[]): string[] {
  return flat.map((value, index) => {
    const isType = index % 2 === 1 && flat[index - 1]?.toLowerCase() === 'content-type';
    return isType ? value.replace(/charset="?[\w-]+"?/i, 'charset=utf-8') : value;
  });
}

/** Where the monolith has just differed from itself, for the same request, a difference speaks against nobody. */
function withoutNoise(pair: ComparedPair): ComparedPair {
  const own = new Set(pair.again?.differences.map(({ signature }) => signature));
  const differences = pair.differences.filter(({ signature }) => !own.has(signature));
  return { ...pair, differences, outcome: differences.length === 0 ? 'agreed' : 'differed' };
}

/** Secrets that were hidden under another key look different though they may be the same: that says nothing. */
function withoutKeyDifferences(pair: ComparedPair): ComparedPair {
  const differences = pair.differences.filter((difference) => !differsByKey(difference));
  if (pair.outcome !== 'differed' || differences.length === pair.differences.length) return pair;
  return { ...pair, differences, outcome: differences.length === 0 ? 'agreed' : 'differed' };
}

function differsByKey({ monolith, service }: Difference): boolean {
  return monolith !== undefined && withoutHashes(monolith) === withoutHashes(service) && monolith !== service;
}
