import type { Socket } from 'node:net';
import { headerOf } from '../routing/raw-headers.ts';
import { accessEntry } from './access-entry.ts';
import { type AnswerSource, answerHeaders } from './answer-headers.ts';
import type { ClientView } from './answer-mapping.ts';
import { rawProblem } from './answer-problem.ts';
import { headText } from './answer-writer.ts';
import { Asker } from './asker.ts';
import { type Matched, matchRoute } from './choose-side.ts';
import type { ClientConnection } from './client-connection.ts';
import { closeGently } from './close-gently.ts';
import { decideSide } from './decide.ts';
import { type Failure, failureMeanings, whileOpen } from './failures.ts';
import { type RequestDeps, withoutSideCookie } from './handle-request.ts';
import { type ForwardableRequest, headFor, type ReceivedRequest } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { targetOnService } from './rewrite-target.ts';
import { tellRefused } from './tell-refused.ts';
import type { AnsweredBy } from './traffic-counts.ts';
import { type HandshakeResult, openTunnel } from './tunnel.ts';
import type { UpstreamPool } from './upstream-pool.ts';
import { agreesTo } from './web-socket-handshake.ts';

/** A handshake that a client has asked for. */
interface Upgrade {
  readonly deps: RequestDeps;
  readonly request: ForwardableRequest;
  readonly key: string;
  readonly connection: ClientConnection;
  readonly matched: Matched | undefined;
  readonly startedAt: number;
}

/** The side that was asked last. */
interface Asked extends AnswerSource {
  readonly side: AnsweredBy;
}

/**
 * The life of an upgrade: same path, same route, same side as a plain request would have. What the client
 * sent behind its request waits, like the client, until the upstream has agreed.
 */
export async function handleUpgrade(
  deps: RequestDeps,
  received: ReceivedRequest,
  read: ForwardableRequest,
  key: string,
  connection: ClientConnection,
): Promise<void> {
  const { snapshot } = deps;
  const request = snapshot.writes === undefined ? read : withoutSideCookie(read);
  const client = connection.socket;
  if (deps.shedding.sheds()) {
    tellRefused(deps, 'overloaded', request.id, request);
    connection.refuse(rawProblem('overloaded', request.id));
    return;
  }
  connection.hold();
  const matched = matchRoute(snapshot, request);
  const sideOf = (met: Matched) =>
    decideSide(deps, met, request, new Asker(snapshot, met.live, request, received.fields));
  const toService = matched !== undefined && sideOf(matched) === 'service';
  const upgrade = { deps, request, key, connection, matched, startedAt: deps.clock.monotonic() };
  const monolith: Asked = { side: 'monolith', upstream: snapshot.default.upstream, routes: [] };
  let asked = monolith;
  let result: HandshakeResult;
  if (toService) {
    const { service, migration } = matched.live;
    asked = { side: 'service', upstream: service.upstream, routes: migration.routes };
    result = await shakeHands(service, request, targetOnService(matched.route, request.target), client);
    if (result.outcome === 'failed' && !client.destroyed && snapshot.default.mayTakeFallback()) {
      // A handshake is a GET: it is safe to ask the monolith, whatever became of it.
      deps.counts.fellBack(migration.id);
      asked = monolith;
      result = await shakeHands(snapshot.default, request, request.target, client);
    }
  } else {
    result = await shakeHands(snapshot.default, request, request.target, client);
  }
  finish(upgrade, asked, result);
}

async function shakeHands(
  pool: UpstreamPool,
  request: ForwardableRequest,
  target: string,
  client: Socket,
): Promise<HandshakeResult> {
  if (!pool.admits()) return { outcome: 'failed', failure: whileOpen() };
  const asked = { ...request, acceptsTrailers: false };
  const head = headFor(asked, pool.upstream, target, 'Connection: Upgrade\r\nUpgrade: websocket\r\n');
  const result = await openTunnel(pool.upstream, head, client);
  pool.onOwnConnection(result.outcome === 'failed' ? result.failure.code : undefined);
  return result;
}

function finish(upgrade: Upgrade, asked: Asked, result: HandshakeResult): void {
  const { deps, request, connection } = upgrade;
  const client = connection.socket;
  const early = connection.release();
  if (client.destroyed) {
    if (result.outcome !== 'failed') result.socket.destroy();
    return;
  }
  if (result.outcome === 'failed') {
    fail(upgrade, asked, result.failure);
  } else if (result.outcome === 'answered') {
    // Refused by the upstream: an ordinary answer, the last one on this connection.
    client.write(`${plainHead(result.head, asked, request.client)}${lastLines(result.head)}\r\n`, 'latin1');
    result.streamTo(client);
    tell(upgrade, asked, result.head.status);
  } else if (!agreesTo(result.head, upgrade.key)) {
    result.socket.destroy();
    const detail = 'Upgrade or Sec-WebSocket-Accept does not fit the request';
    fail(upgrade, asked, { code: 'upstream_invalid', detail, sent: true, answered: true });
  } else {
    deps.counts.upgraded();
    const answer = plainHead(result.head, asked, request.client);
    client.write(`${answer}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, 'latin1');
    const tunnel = result.joinTo(client, early);
    connection.atStop(() => tunnel.goAway());
    tell(upgrade, asked, 101);
  }
}

function fail(upgrade: Upgrade, asked: Asked, failure: Failure): void {
  const { deps, request, connection } = upgrade;
  deps.counts.failed(failure.code);
  deps.warn({ requestId: request.id, code: failure.code, detail: failure.detail }, 'upgrade failed');
  closeGently(connection.socket, rawProblem(failure.code, request.id));
  tell(upgrade, asked, failureMeanings[failure.code].status, failure);
}

/** The line of a WebSocket comes when it opens: it may stay so for days. */
function tell(
  { deps, request, matched, startedAt }: Upgrade,
  { side, upstream }: Asked,
  status: number,
  failure?: Failure,
): void {
  if (!deps.accessLog.wants(failure === undefined ? 'answered' : 'failed')) return;
  const durationMs = deps.clock.monotonic() - startedAt;
  deps.accessLog.write({
    ...accessEntry(request, matched, side, upstream.id),
    status,
    durationMs,
    code: failure?.code,
  });
}

function plainHead(head: ResponseHead, source: AnswerSource, client: ClientView): string {
  return headText(head.status, head.reason, answerHeaders(head, source, client));
}

/** RFC 9110, 15.5.22: a 426 names what to upgrade to, which is for this hop. */
function lastLines(head: ResponseHead): string {
  const upgrade = head.status === 426 ? headerOf(head.headers, 'upgrade') : undefined;
  return upgrade === undefined
    ? 'Connection: close\r\n'
    : `Connection: close, Upgrade\r\nUpgrade: ${upgrade}\r\n`;
}
