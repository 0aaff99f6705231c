import type { Logger } from 'pino';
import type { Route } from '../routing/model.ts';
import { ExchangeCapture } from '../shadow/capture.ts';
import type { HashBudget } from '../shadow/hash-budget.ts';
import type { ShadowSender } from '../shadow/sender.ts';
import type { AccessLog } from '../telemetry/access-log.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Warn } from '../telemetry/log-budget.ts';
import { answerProblem } from './answer-problem.ts';
import { Asker } from './asker.ts';
import { isRecorded, type Matched, matchRoute } from './choose-side.ts';
import type { ClientExchange } from './client-exchange.ts';
import type { CopyPressure } from './copy-pressure.ts';
import { decideCopy, decideSide, decideWrite, noteUser } from './decide.ts';
import { type Destination, Forwarding } from './forwarding.ts';
import type { LoadShedding } from './load-shedding.ts';
import type { PendingWrite } from './read-your-writes.ts';
import type { ForwardableRequest, ReceivedRequest } from './request-head.ts';
import { type PlannedCopy, RequestOutcome } from './request-outcome.ts';
import type { RequestsUnderWay } from './requests-under-way.ts';
import { targetOnService } from './rewrite-target.ts';
import type { ServiceWatch } from './service-watch.ts';
import { withoutSideCookies } from './side-cookie.ts';
import type { Snapshot } from './snapshot.ts';
import { tellRefused } from './tell-refused.ts';
import type { TrafficCounts } from './traffic-counts.ts';

/** What every request needs; `snapshot` is the one mutable reference, read once per request. */
export interface RequestDeps {
  snapshot: Snapshot;
  readonly shadow: ShadowSender;
  /** Why no more is copied now. */
  readonly pressure: CopyPressure;
  /** For the answers that are too large to keep. */
  readonly hashing: HashBudget;
  readonly counts: TrafficCounts;
  readonly watch: ServiceWatch;
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

/** The life of a request that was read and found sound: route, side, copy, and off it goes. */
export function handleRequest(
  deps: RequestDeps,
  received: ReceivedRequest,
  read: ForwardableRequest,
  exchange: ClientExchange,
): void {
  const { snapshot } = deps;
  const request = snapshot.writes === undefined ? read : withoutSideCookie(read);
  if (deps.shedding.sheds()) {
    tellRefused(deps, 'overloaded', request.id, request);
    answerProblem(exchange, 'overloaded', request.id);
    return;
  }
  const monolith: Destination = {
    side: 'monolith',
    pool: snapshot.default,
    target: request.target,
    routes: noRoutes,
  };
  const matched = matchRoute(snapshot, request);
  if (matched === undefined) {
    forward(deps, exchange, request, undefined, monolith, undefined, undefined);
    return;
  }
  const asker = new Asker(snapshot, matched.live, request, received.fields);
  const side = decideSide(deps, matched, request, asker);
  const mode = decideCopy(deps, matched, request, asker, side);
  const record = isRecorded(matched, request);
  const write = decideWrite(deps, matched, request, asker);
  noteUser(deps, matched, asker);
  if (side === 'monolith' && mode === undefined && !record) {
    forward(deps, exchange, request, matched, monolith, undefined, undefined, write);
    return;
  }
  const service = serviceDestination(matched, request);
  const copy =
    mode === undefined && !record
      ? undefined
      : { mode, record, capture: captureOf(deps, request, received, matched), monolith, service };
  if (side === 'service') forward(deps, exchange, request, matched, service, monolith, copy, write);
  else forward(deps, exchange, request, matched, monolith, undefined, copy, write);
}

function forward(
  deps: RequestDeps,
  exchange: ClientExchange,
  request: ForwardableRequest,
  matched: Matched | undefined,
  destination: Destination,
  fallback: Destination | undefined,
  copy: PlannedCopy | undefined,
  write?: PendingWrite,
): void {
  new Forwarding({
    exchange,
    request,
    destination,
    fallback,
    capture: copy?.capture,
    write,
    debugMigration: deps.debugHeaders ? (matched?.live.migration.id ?? '') : undefined,
    outcome: new RequestOutcome(deps, request, matched, copy),
  }).start();
}

/** Upstreams are not told who wrote where: it is between the client and us. */
export function withoutSideCookie(request: ForwardableRequest): ForwardableRequest {
  const lines = withoutSideCookies(request.lines);
  return lines === request.lines ? request : { ...request, lines };
}

const noRoutes: readonly Route[] = [];

function serviceDestination(matched: Matched, request: ForwardableRequest): Destination {
  return {
    side: 'service',
    pool: matched.live.service,
    target: targetOnService(matched.route, request.target),
    routes: matched.live.migration.routes,
  };
}

function captureOf(
  { hashing }: RequestDeps,
  request: ForwardableRequest,
  received: ReceivedRequest,
  matched: Matched,
): ExchangeCapture {
  const { method, target } = request;
  return new ExchangeCapture(
    { method, target, fields: received.fields },
    matched.live.migration.shadow.maxBodyBytes,
    hashing,
  );
}
