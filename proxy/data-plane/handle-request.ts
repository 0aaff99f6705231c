import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { ExchangeCapture } from '../shadow/capture.ts';
import type { CopyMode, ShadowSender } from '../shadow/sender.ts';
import type { AccessLog } from '../telemetry/access-log.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Warn } from '../telemetry/log-budget.ts';
import { answerProblem } from './answer-problem.ts';
import { type Matched, matchRoute } from './choose-side.ts';
import { decideCopy, decideSide } from './decide.ts';
import { type Failure, failureMeanings } from './failures.ts';
import { type Destination, Forwarding, type ForwardingOutcome } from './forwarding.ts';
import type { LoadShedding } from './load-shedding.ts';
import { receive } from './receive.ts';
import { type ForwardableRequest, readRequest } from './request-head.ts';
import type { RequestsUnderWay } from './requests-under-way.ts';
import { targetOnService } from './rewrite-target.ts';
import type { Snapshot } from './snapshot.ts';
import type { AnsweredBy, TrafficCounts } from './traffic-counts.ts';

/** What every request needs; `snapshot` is the one mutable reference, read once per request. */
export interface RequestDeps {
  snapshot: Snapshot;
  readonly shadow: ShadowSender;
  readonly counts: TrafficCounts;
  readonly clock: Clock;
  readonly log: Logger;
  /** For what goes wrong with single requests; a flood of it is cut. */
  readonly warn: Warn;
  /** Says on every answer which side made it. */
  readonly debugHeaders: boolean;
  readonly underWay: RequestsUnderWay;
  readonly shedding: LoadShedding;
  readonly accessLog: AccessLog;
}

/** The life of a request; what it hands back is there as long as it is forwarded. */
export function handleRequest(
  deps: RequestDeps,
  req: IncomingMessage,
  res: ServerResponse,
): Forwarding | undefined {
  const { snapshot } = deps;
  const received = receive(req);
  if (deps.shedding.sheds()) {
    deps.counts.failed('overloaded');
    answerProblem(res, 'overloaded', received.id);
    return undefined;
  }
  const request = readRequest(received);
  if ('refused' in request) {
    deps.counts.failed(request.refused);
    answerProblem(res, request.refused, received.id, request.detail);
    return undefined;
  }
  const matched = matchRoute(snapshot, request);
  const side = matched ? decideSide(deps, matched, request, received) : 'monolith';
  const copy = matched && decideCopy(deps, matched, request, side);
  const capture = copy && captureOf(request, req, matched!);
  const monolith: Destination = { side: 'monolith', pool: snapshot.default, target: request.target };
  const service = matched && serviceDestination(matched, request);
  const toService = side === 'service' && service !== undefined;

  const forwarding = new Forwarding({
    req,
    res,
    request,
    destination: toService ? service : monolith,
    fallback: toService ? monolith : undefined,
    capture,
    extraHeaders: (answeredBy) =>
      deps.debugHeaders ? debugHeaders(answeredBy, snapshot, matched) : noHeaders,
    outcome: outcomeOf(deps, request, matched, (answeredBy, durationMs) => {
      if (copy)
        submitCopy(deps, request, matched!, copy, capture!, answeredBy, durationMs, monolith, service!);
    }),
  });
  forwarding.start();
  return forwarding;
}

const noHeaders: readonly string[] = [];

function serviceDestination(matched: Matched, request: ForwardableRequest): Destination {
  return {
    side: 'service',
    pool: matched.live.service,
    target: targetOnService(matched.route, request.target),
  };
}

function captureOf(request: ForwardableRequest, req: IncomingMessage, matched: Matched): ExchangeCapture {
  const { method, target } = request;
  return new ExchangeCapture(
    { method, target, headers: req.rawHeaders },
    matched.live.migration.shadow.maxBodyBytes,
  );
}

function debugHeaders(side: AnsweredBy, snapshot: Snapshot, matched: Matched | undefined): string[] {
  const upstream = side === 'service' ? matched!.live.service : snapshot.default;
  const headers = ['Ficus-Upstream', upstream.upstream.id];
  if (matched) headers.push('Ficus-Migration', matched.live.migration.id);
  return headers;
}

/** Counts what became of the request, logs what went wrong, and lets the copy go. */
function outcomeOf(
  deps: RequestDeps,
  request: ForwardableRequest,
  matched: Matched | undefined,
  afterAnswer: (side: AnsweredBy, durationMs: number) => void,
): ForwardingOutcome {
  const { counts, clock, warn } = deps;
  const startedAt = clock.monotonic();
  const migration = matched?.live.migration.id ?? '';
  const monolith = deps.snapshot.default;
  let fellBack = false;
  deps.underWay.started(request);
  const ended = (side: AnsweredBy, status: number, durationMs: number, failure?: Failure): void => {
    deps.underWay.ended(request);
    if (!deps.accessLog.wants(failure !== undefined && status >= 500)) return;
    const upstream = side === 'service' ? matched!.live.service : monolith;
    deps.accessLog.write({
      requestId: request.id,
      method: request.method,
      target: request.target,
      migration,
      route: matched?.route.id,
      side,
      upstream: upstream.upstream.id,
      status,
      durationMs,
      code: failure?.code,
    });
  };
  const about = () => ({ requestId: request.id, migration, route: matched?.route.id });
  return {
    onAnswered(side, status) {
      const durationMs = clock.monotonic() - startedAt;
      ended(side, status, durationMs);
      counts.answered(migration, side, status >= 500, durationMs);
      // After a fallback the service has just failed this very request: a copy would only say so again.
      if (!fellBack) afterAnswer(side, durationMs);
    },
    onFailed(side, failure) {
      ended(side, failureMeanings[failure.code].status, clock.monotonic() - startedAt, failure);
      counts.failed(failure.code);
      // What a client does wrong must not speak against the side that was asked.
      if (failureMeanings[failure.code].side === 'client') return;
      counts.answered(migration, side, true, clock.monotonic() - startedAt);
      warn({ ...about(), side, code: failure.code, detail: failure.detail }, 'request failed');
    },
    onFallback(failure) {
      fellBack = true;
      counts.fellBack(migration);
      warn(
        { ...about(), code: failure.code, detail: failure.detail },
        'service failed, the monolith answers',
      );
    },
  };
}

function submitCopy(
  deps: RequestDeps,
  request: ForwardableRequest,
  matched: Matched,
  mode: CopyMode,
  capture: ExchangeCapture,
  control: AnsweredBy,
  controlMs: number,
  monolith: Destination,
  service: Destination,
): void {
  const { migration } = matched.live;
  const other = control === 'monolith' ? service : monolith;
  deps.shadow.submit({
    id: request.id,
    migration,
    route: matched.route.id,
    control,
    upstream: other.pool.upstream,
    target: other.target,
    mode,
    head: request,
    capture,
    controlMs,
  });
}
