import { Socket } from 'node:net';

/** How long a client that is still sending may take to read its last answer. */
const LINGER_MS = 2000;
/** How long it may take not one byte of it. */
const STALL_MS = 30_000;

/**
 * Ends a client's connection so that its last answer survives: closing with unread bytes resets the
 * connection, and the reset overtakes the answer. So what still comes is read away first (RFC 9112, 9.6).
 */
export function closeGently(socket: Socket, lastBytes = ''): void {
  const destroy = (): void => void socket.destroy();
  socket.setTimeout(STALL_MS, destroy);
  const linger = (): void => {
    if (socket.destroyed) return;
    const timer = setTimeout(destroy, LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  };
  if (lastBytes === '') socket.end(linger);
  else socket.end(lastBytes, linger);
  socket.resume();
}

/** Ends a connection in the middle of an answer so that no client can take half of it for the whole. */
export function breakOff(socket: Socket): void {
  // A TLS connection that ends without a word is no clean end either.
  const canReset = Object.getPrototypeOf(socket) === Socket.prototype;
  if (canReset && !socket.destroyed) socket.resetAndDestroy();
  else socket.destroy();
}
