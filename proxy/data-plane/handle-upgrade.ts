import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { type AnswerSource, answerHeaders } from './answer-headers.ts';
import type { ClientView } from './answer-mapping.ts';
import { rawProblem } from './answer-problem.ts';
import { headText } from './answer-writer.ts';
import { matchRoute } from './choose-side.ts';
import type { ClientConnection } from './client-connection.ts';
import { closeGently } from './close-gently.ts';
import { decideSide } from './decide.ts';
import type { Failure } from './failures.ts';
import type { RequestDeps } from './handle-request.ts';
import { type ForwardableRequest, headFor, type ReceivedRequest } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { targetOnService } from './rewrite-target.ts';
import { type HandshakeResult, openTunnel } from './tunnel.ts';
import { type UpstreamPool, whileOpen } from './upstream-pool.ts';

/** Sec-WebSocket-Key of a request that may become a WebSocket (RFC 6455, 4.1); undefined for any other. */
export function webSocketKey(received: ReceivedRequest, request: ForwardableRequest): string | undefined {
  if (request.upgrade.toLowerCase() !== 'websocket') return undefined;
  if (request.method !== 'GET' || request.minorVersion !== 1 || request.framing !== 'none') return undefined;
  const only = (name: string): string | undefined => {
    const rawHeaders = received.fields.flat;
    const values = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name);
    return values.length === 1 ? values[0] : undefined;
  };
  // Which versions it speaks the upstream says itself (RFC 6455, 4.4); from 7 on their frames are the same.
  if (!hasUpgradeOption(received.fields.flat) || !/^\d{1,3}$/.test(only('sec-websocket-version') ?? ''))
    return undefined;
  const key = only('sec-websocket-key') ?? '';
  return /^[A-Za-z0-9+/]{22}==$/.test(key) ? key : undefined;
}

function hasUpgradeOption(rawHeaders: readonly string[]): boolean {
  return rawHeaders.some(
    (value, i) =>
      i % 2 === 1 &&
      rawHeaders[i - 1]!.toLowerCase() === 'connection' &&
      /(?:^|[\t ,])upgrade(?:[\t ,]|$)/i.test(value),
  );
}

/**
 * The life of an upgrade: same path, same route, same side as a plain request would have. What the client
 * sent behind its request waits, like the client, until the upstream has agreed.
 */
export async function handleUpgrade(
  deps: RequestDeps,
  received: ReceivedRequest,
  request: ForwardableRequest,
  key: string,
  connection: ClientConnection,
): Promise<void> {
  const client = connection.socket;
  if (deps.shedding.sheds()) {
    deps.counts.failed('overloaded');
    connection.refuse(rawProblem('overloaded', request.id));
    return;
  }
  connection.hold();
  const { snapshot } = deps;
  const matched = matchRoute(snapshot, request);
  const toService = matched !== undefined && decideSide(deps, matched, request, received) === 'service';
  const monolith: AnswerSource = { upstream: snapshot.default.upstream, routes: [] };
  let source = monolith;
  let result: HandshakeResult;
  if (toService) {
    source = { upstream: matched.live.service.upstream, routes: matched.live.migration.routes };
    result = await shakeHands(
      matched.live.service,
      request,
      targetOnService(matched.route, request.target),
      client,
    );
    if (result.outcome === 'failed' && !client.destroyed && snapshot.default.mayTakeFallback()) {
      // A handshake is a GET: it is safe to ask the monolith, whatever became of it.
      deps.counts.fellBack(matched.live.migration.id);
      source = monolith;
      result = await shakeHands(snapshot.default, request, request.target, client);
    }
  } else {
    result = await shakeHands(snapshot.default, request, request.target, client);
  }
  finish(deps, request, key, connection, source, result);
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

function finish(
  deps: RequestDeps,
  request: ForwardableRequest,
  key: string,
  connection: ClientConnection,
  source: AnswerSource,
  result: HandshakeResult,
): void {
  const client = connection.socket;
  const early = connection.release();
  if (client.destroyed) {
    if (result.outcome !== 'failed') result.socket.destroy();
    return;
  }
  if (result.outcome === 'failed') {
    refuse(deps, request, client, result.failure);
  } else if (result.outcome === 'answered') {
    // Refused by the upstream: an ordinary answer, the last one on this connection.
    client.write(`${plainHead(result.head, source, request.client)}${lastLines(result.head)}\r\n`, 'latin1');
    result.streamTo(client);
  } else if (!agreesTo(result.head, key)) {
    result.socket.destroy();
    const detail = 'Upgrade or Sec-WebSocket-Accept does not fit the request';
    refuse(deps, request, client, { code: 'upstream_invalid', detail, sent: true, answered: true });
  } else {
    deps.counts.upgraded();
    const answer = plainHead(result.head, source, request.client);
    client.write(`${answer}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, 'latin1');
    const tunnel = result.joinTo(client, early);
    connection.atStop(() => tunnel.goAway());
  }
}

function refuse(deps: RequestDeps, request: ForwardableRequest, client: Socket, failure: Failure): void {
  deps.counts.failed(failure.code);
  deps.warn({ requestId: request.id, code: failure.code, detail: failure.detail }, 'upgrade failed');
  closeGently(client, rawProblem(failure.code, request.id));
}

function plainHead(head: ResponseHead, source: AnswerSource, client: ClientView): string {
  return headText(head.status, head.reason, answerHeaders(head, source, client));
}

/** RFC 9110, 15.5.22: a 426 names what to upgrade to, which is for this hop. */
function lastLines(head: ResponseHead): string {
  const upgrade = head.status === 426 ? headerOf(head, 'upgrade') : undefined;
  return upgrade === undefined
    ? 'Connection: close\r\n'
    : `Connection: close, Upgrade\r\nUpgrade: ${upgrade}\r\n`;
}

/** RFC 6455, 4.2.2: whether the upstream understood this very handshake. */
function agreesTo(head: ResponseHead, key: string): boolean {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return (
    headerOf(head, 'upgrade')?.toLowerCase() === 'websocket' &&
    headerOf(head, 'sec-websocket-accept') === accept
  );
}

function headerOf(head: ResponseHead, lowerName: string): string | undefined {
  const at = head.headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === lowerName);
  return at < 0 ? undefined : head.headers[at + 1];
}
