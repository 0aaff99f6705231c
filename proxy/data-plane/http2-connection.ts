import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { Socket } from 'node:net';
import { Peer } from './client-identity.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { readHttp2Head } from './http2-head.ts';
import type { ConnectionOwner, OpenConnection } from './open-connection.ts';
import type { MalformedHead, RawHead } from './request-line.ts';
import { ResetBudget } from './reset-budget.ts';

/** What an HTTP/2 connection asks of its listener. */
export interface Http2ConnectionOwner extends ConnectionOwner {
  /** A request has come, or what is none; `exchange` takes the answer. */
  onStream(exchange: Http2Exchange, head: RawHead | MalformedHead, peer: Peer): void;
}

const MAX_STREAMS = 100;
/** RFC 9113, 6.9.2; what waits here of one request's body is never more. */
const STREAM_WINDOW_BYTES = 65_535;
/** Cookies come in crumbs, so that they are more than HTTP/1 has. */
const MAX_FIELDS = 400;
/** How long a client may take to close after it was told that nothing more comes. */
const LINGER_MS = 2000;

function sessionOptions(maxHeadBytes: number): ServerOptions {
  return {
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxHeaderListSize: maxHeadBytes,
    },
    maxHeaderListPairs: MAX_FIELDS,
    // Upstreams may send 64 KiB; what is over the limit would cost the whole connection.
    maxSendHeaderBlockLength: 262_144,
    // In the life of a connection, which may be a long one that many people share.
    maxSessionInvalidFrames: 1000,
    // In a row.
    maxSessionRejectedStreams: 100,
    // MiB; what lies in the queues of 100 answers, with room to spare.
    maxSessionMemory: 32,
    // Behind our own budget, and for streams that we are never told of.
    streamResetBurst: 400,
    streamResetRate: 40,
    // Such a value is refused by our own rules; the library would leave its field out without a word.
    strictFieldWhitespaceValidation: false,
    // An upstream's duplicates are passed on as they are.
    strictSingleValueFields: false,
  };
}

/** One HTTP/2 connection of a client; each of its streams is an exchange of its own. */
export class Http2Connection implements OpenConnection {
  readonly socket: Socket;
  deadline: number;
  readonly #owner: Http2ConnectionOwner;
  readonly #peer: Peer;
  readonly #session: ServerHttp2Session;
  readonly #resets: ResetBudget;
  #openStreams = 0;
  #hasServed = false;
  #stopping = false;

  constructor(socket: Socket, owner: Http2ConnectionOwner) {
    this.socket = socket;
    this.#owner = owner;
    this.#peer = new Peer(socket.remoteAddress, true, owner.trustedProxies);
    this.#resets = new ResetBudget(owner.coarseNow());
    this.deadline = owner.coarseNow() + owner.headTimeoutMs;
    // All of these are closed by the library as well; without a listener they would end the process.
    socket.on('error', () => {});
    socket.on('close', () => owner.onClosed(this));
    this.#session = performServerHandshake(socket, sessionOptions(owner.maxHeadBytes));
    // Bodies are held back one by one, so that none of them may use up what all share.
    this.#session.setLocalWindowSize(MAX_STREAMS * STREAM_WINDOW_BYTES);
    this.#session.on('error', () => {});
    this.#session.on('stream', (stream, _headers, _flags, list) => this.#onStream(stream, list));
    // Without window updates no answer gets through: half a connection is none.
    socket.on('end', () => this.#session.destroy());
  }

  /** It has lain idle for too long, or not closed when told to. */
  expire(): void {
    if (this.#session.closed || this.#session.destroyed) this.socket.destroy();
    else this.closeWhenAnswered();
  }

  letGo(): void {
    this.#stopping = true;
    // Who has not asked yet gets one answer; a refusal is all that it could make of a new connection.
    if (this.#hasServed) this.closeWhenAnswered();
  }

  /** GOAWAY says which requests were taken; the client may send any others again elsewhere. */
  closeWhenAnswered(): void {
    this.#session.close();
    if (this.#openStreams === 0) this.#linger();
  }

  #onStream(stream: ServerHttp2Stream, list: readonly string[]): void {
    stream.on('error', () => {});
    this.#hasServed = true;
    // It was begun and broken off in one go.
    if (stream.closed || stream.destroyed) {
      this.#onReset();
      return;
    }
    this.#openStreams++;
    this.deadline = Number.POSITIVE_INFINITY;
    const head = readHttp2Head(list, !stream.endAfterHeaders, this.#owner.maxHeadBytes);
    const exchange = new Http2Exchange(stream, isHead(list), (wasReset) => {
      this.#openStreams--;
      if (wasReset) this.#onReset();
      if (this.#openStreams === 0) this.#onIdle();
    });
    this.#owner.onStream(exchange, head, this.#peer);
    if (this.#stopping) this.closeWhenAnswered();
  }

  #onReset(): void {
    if (this.#session.destroyed || this.#resets.spend(this.#owner.coarseNow())) return;
    this.#session.destroy(new Error('too many resets'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
    this.#linger();
  }

  #onIdle(): void {
    if (this.#session.closed || this.#session.destroyed) this.#linger();
    else this.deadline = this.#owner.coarseNow() + this.#owner.idleTimeoutMs;
  }

  #linger(): void {
    this.deadline = this.#owner.coarseNow() + LINGER_MS;
  }
}

function isHead(list: readonly string[]): boolean {
  return list[list.indexOf(':method') + 1] === 'HEAD';
}
