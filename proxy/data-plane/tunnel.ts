import type { Socket } from 'node:net';
import type { Upstream } from '../routing/model.ts';
import { breakOff, closeGently } from './close-gently.ts';
import { connectTo } from './connect-to.ts';
import type { Failure, FailureCode } from './failures.ts';
import { JoinedTunnel } from './joined-tunnel.ts';
import { parseHead, type ResponseHead } from './response-head.ts';
import { ResponseParser } from './response-parser.ts';

/** How a handshake ended. Its socket is its own: it never was, and never comes, into a pool. */
export type HandshakeResult =
  | {
      readonly outcome: 'agreed';
      readonly head: ResponseHead;
      readonly socket: Socket;
      /** Carries bytes both ways until either side ends. `early` goes first. */
      joinTo(client: Socket, early: Buffer): JoinedTunnel;
    }
  | {
      readonly outcome: 'answered';
      readonly head: ResponseHead;
      readonly socket: Socket;
      /** Streams the answer's body, without its framing, and ends both sides. */
      streamTo(client: Socket): void;
    }
  | { readonly outcome: 'failed'; readonly failure: Failure };

const MAX_HEAD_BYTES = 65_536;

/** Sends an upgrade request on a connection of its own and reads the answer's head; gives up when the client does. */
export function openTunnel(
  upstream: Upstream,
  requestHead: string,
  client: Socket,
): Promise<HandshakeResult> {
  return new Promise((resolve) => {
    const socket = connectTo(upstream);
    let received = Buffer.alloc(0);
    let connected = false;
    let settled = false;
    let timer = setTimeout(
      () => fail('upstream_connect_timeout', `no connection within ${upstream.connectTimeoutMs} ms`),
      upstream.connectTimeoutMs,
    );

    const settle = (result: HandshakeResult): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      client.off('close', onClientClose);
      socket.off('data', onData);
      resolve(result);
    };
    const fail = (code: FailureCode, detail: string): void => {
      settle({
        outcome: 'failed',
        failure: { code, detail, sent: connected, answered: received.length > 0 },
      });
      socket.destroy();
    };
    const onClientClose = (): void => fail('client_closed', 'the client closed first');
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n\r\n', 0, 'latin1');
      if (end < 0) {
        if (received.length > MAX_HEAD_BYTES) fail('upstream_invalid', 'head over 64 KiB');
        return;
      }
      const head = parseHead(received.toString('latin1', 0, end), 'GET');
      if (typeof head === 'string') {
        fail('upstream_invalid', head);
        return;
      }
      const rest = received.subarray(end + 4);
      if (head.status === 101) {
        socket.pause();
        settle({
          outcome: 'agreed',
          head,
          socket,
          joinTo: (to, early) => new JoinedTunnel(socket, to, early, rest),
        });
      } else if (head.status < 200) {
        received = rest;
        if (rest.length > 0) onData(Buffer.alloc(0));
      } else {
        socket.pause();
        const all = received;
        settle({
          outcome: 'answered',
          head,
          socket,
          streamTo: (to) => streamBody(socket, to, all, upstream.idleTimeoutMs),
        });
      }
    };

    client.on('close', onClientClose);
    socket.on('error', (error) => fail(connected ? 'upstream_closed' : 'upstream_connect', error.message));
    socket.on('close', () => fail(connected ? 'upstream_closed' : 'upstream_connect', 'connection closed'));
    socket.on('data', onData);
    socket.on(upstream.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      connected = true;
      clearTimeout(timer);
      timer = setTimeout(
        () => fail('upstream_timeout', `no answer within ${upstream.responseTimeoutMs} ms`),
        upstream.responseTimeoutMs,
      );
      socket.write(requestHead, 'latin1');
    });
  });
}

/** The body's end is the connection's, so it must not end by anything but the body's end. */
function streamBody(upstream: Socket, client: Socket, received: Buffer, idleTimeoutMs: number): void {
  let isWhole = false;
  const finish = (): void => {
    isWhole = true;
    closeGently(client);
    upstream.destroy();
  };
  const fail = (): void => {
    if (!isWhole) breakOff(client);
    upstream.destroy();
  };
  const parser = new ResponseParser({
    onInformation() {},
    onHead() {},
    onBody(chunk, last) {
      if (!client.write(chunk) && !upstream.isPaused()) waitForClient();
      if (last) finish();
    },
    onEnd: finish,
  });
  const waitForClient = (): void => {
    upstream.pause();
    upstream.setTimeout(0);
    client.setTimeout(idleTimeoutMs);
    client.once('drain', () => {
      client.setTimeout(0);
      upstream.setTimeout(idleTimeoutMs);
      upstream.resume();
    });
  };
  const take = (chunk: Buffer): void => {
    if (parser.execute(chunk) !== undefined) fail();
  };
  client.on('timeout', fail);
  client.on('close', () => upstream.destroy());
  upstream.setTimeout(idleTimeoutMs, fail);
  upstream.on('end', () => parser.finish() !== undefined && fail());
  upstream.on('close', fail);
  upstream.on('data', take);
  upstream.resume();
  parser.begin('GET');
  take(received);
}
