import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { answerHeaders } from './answer-headers.ts';
import { rawProblem } from './answer-problem.ts';
import { matchRoute } from './choose-side.ts';
import { closeGently } from './close-gently.ts';
import { decideSide } from './decide.ts';
import type { Failure } from './failures.ts';
import type { RequestDeps } from './handle-request.ts';
import { receive } from './receive.ts';
import { type ForwardableRequest, headFor, readRequest } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import { targetOnService } from './rewrite-target.ts';
import { type HandshakeResult, openTunnel } from './tunnel.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/**
 * Whether a request may become a WebSocket (RFC 6455, 4.1). Anything else that asks for an upgrade is
 * answered as the plain request that it also is.
 */
export function isWebSocketRequest(req: IncomingMessage): boolean {
  const { headers } = req;
  return (
    req.method === 'GET' &&
    req.httpVersionMinor === 1 &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers['sec-websocket-key'] ?? '') &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

/**
 * The life of an upgrade: same path, same route, same side as a plain request would have. `early` is what
 * the client sent behind its request: it waits, like the client, until the upstream has agreed.
 */
export async function handleUpgrade(
  deps: RequestDeps,
  req: IncomingMessage,
  client: Socket,
  early: Buffer,
): Promise<void> {
  client.on('error', () => client.destroy());
  const received = receive(req);
  const request = readRequest(received);
  if ('refused' in request) {
    deps.counts.failed(request.refused);
    closeGently(client, rawProblem(request.refused, received.id, request.detail));
    return;
  }
  const { snapshot } = deps;
  const matched = matchRoute(snapshot, request);
  const toService = matched !== undefined && decideSide(deps, matched, request, received) === 'service';
  const key = req.headers['sec-websocket-key'] ?? '';
  let result: HandshakeResult;
  if (toService) {
    result = await shakeHands(
      matched.live.service,
      request,
      targetOnService(matched.route, request.target),
      client,
    );
    if (result.outcome === 'failed' && !client.destroyed) {
      // A handshake is a GET: it is safe to ask the monolith, whatever became of it.
      deps.counts.fellBack(matched.live.migration.id);
      result = await shakeHands(snapshot.default, request, request.target, client);
    }
  } else {
    result = await shakeHands(snapshot.default, request, request.target, client);
  }
  finish(deps, request, key, client, early, result);
}

function shakeHands(
  pool: UpstreamPool,
  request: ForwardableRequest,
  target: string,
  client: Socket,
): Promise<HandshakeResult> {
  const head = headFor(request, pool.upstream, target, 'Connection: Upgrade\r\nUpgrade: websocket\r\n');
  return openTunnel(pool.upstream, head, client);
}

function finish(
  deps: RequestDeps,
  request: ForwardableRequest,
  key: string,
  client: Socket,
  early: Buffer,
  result: HandshakeResult,
): void {
  if (client.destroyed) {
    if (result.outcome !== 'failed') result.socket.destroy();
    return;
  }
  if (result.outcome === 'failed') {
    refuse(deps, request, client, result.failure);
  } else if (result.outcome === 'answered') {
    // Refused by the upstream: an ordinary answer, the last one on this connection.
    client.write(`${plainHead(result.head)}Connection: close\r\n\r\n`, 'latin1');
    result.streamTo(client);
  } else if (!agreesTo(result.head, key)) {
    result.socket.destroy();
    const detail = 'Upgrade or Sec-WebSocket-Accept does not fit the request';
    refuse(deps, request, client, { code: 'upstream_invalid', detail, sent: true, answered: true });
  } else {
    deps.counts.upgraded();
    client.write(`${plainHead(result.head)}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, 'latin1');
    result.joinTo(client, early);
  }
}

function refuse(deps: RequestDeps, request: ForwardableRequest, client: Socket, failure: Failure): void {
  deps.counts.failed(failure.code);
  deps.warn({ requestId: request.id, code: failure.code, detail: failure.detail }, 'upgrade failed');
  closeGently(client, rawProblem(failure.code, request.id));
}

function plainHead(head: ResponseHead): string {
  let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
  const headers = answerHeaders(head, false);
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return text;
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
