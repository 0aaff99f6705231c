import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ReceivedRequest } from './request-head.ts';

/** Peer addresses by socket: asking the kernel for each request of a connection would be waste. */
const peers = new WeakMap<Socket, string>();

/** What the listener knows of a request. The id is a fresh UUID. */
export function receive(req: IncomingMessage): ReceivedRequest {
  return {
    method: req.method ?? '',
    url: req.url ?? '',
    rawHeaders: req.rawHeaders,
    httpVersionMajor: req.httpVersionMajor,
    httpVersionMinor: req.httpVersionMinor,
    remoteAddress: peerOf(req.socket),
    secure: (req.socket as TLSSocket).encrypted === true,
    id: randomUUID(),
  };
}

function peerOf(socket: Socket): string {
  let peer = peers.get(socket);
  if (peer === undefined) {
    const address = socket.remoteAddress ?? 'unknown';
    peer = address.startsWith('::ffff:') ? address.slice(7) : address;
    peers.set(socket, peer);
  }
  return peer;
}
