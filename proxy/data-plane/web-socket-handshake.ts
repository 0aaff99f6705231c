import { createHash } from 'node:crypto';
import { headerOf } from '../routing/raw-headers.ts';
import type { ForwardableRequest, ReceivedRequest } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

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

/** RFC 6455, 4.2.2: whether the upstream understood this very handshake. */
export function agreesTo(head: ResponseHead, key: string): boolean {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return (
    headerOf(head.headers, 'upgrade')?.toLowerCase() === 'websocket' &&
    headerOf(head.headers, 'sec-websocket-accept') === accept
  );
}
