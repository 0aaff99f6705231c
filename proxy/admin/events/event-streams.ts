import type { Request, Response } from 'express';
import type { Clock } from '../../telemetry/clock.ts';
import type { ApiEvent } from '../api-types.ts';
import { AdminProblem } from '../problem.ts';
import type { EventFeed } from './event-feed.ts';
import type { KeptEvent } from './event-ring.ts';

export interface EventLimits {
  /** Open streams, in all and from one address. */
  readonly maxStreams: number;
  readonly maxPerAddress: number;
  /** Of one stream that its reader has not taken yet. */
  readonly maxWaitingBytes: number;
  readonly beatEveryMs: number;
}

export const eventLimits: EventLimits = {
  maxStreams: 128,
  maxPerAddress: 64,
  maxWaitingBytes: 256 * 1024,
  beatEveryMs: 15_000,
};

/** How long a browser waits before it opens a stream anew. */
const retryMs = 2_000;

interface Stream {
  readonly response: Response;
  readonly address: string;
  isStillKnown(): Promise<boolean>;
}

/** Streams of server-sent events (HTML Living Standard, section 9.2), each to one reader. */
export class EventStreams {
  readonly #feed: EventFeed;
  readonly #clock: Clock;
  readonly #limits: EventLimits;
  readonly #open = new Map<Stream, () => void>();
  #beating: NodeJS.Timeout | undefined;
  #isClosing = false;

  constructor(feed: EventFeed, clock: Clock, limits: EventLimits = eventLimits) {
    this.#feed = feed;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Open ones. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Answers a request with a stream, from behind the event `after` on. `isStillKnown` is asked with every beat:
   * a login may end while the stream goes on. Throws an `AdminProblem` where there are too many.
   */
  open(
    request: Request,
    response: Response,
    after: string | undefined,
    isStillKnown: Stream['isStillKnown'],
  ): void {
    const address = request.socket.remoteAddress ?? '';
    this.#refuseTooMany(address, response);
    response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    const stream = { response, address, isStillKnown };
    request.socket.setNoDelay(true);
    response.flushHeaders();
    response.write(`retry: ${retryMs}\n\n`);
    const missed = this.#feed.missedSince(after);
    const stop = this.#feed.listen((kept) => this.#send(stream, kept));
    this.#open.set(stream, stop);
    this.#beating ??= setInterval(() => this.#beat(), this.#limits.beatEveryMs).unref();
    response.once('close', () => this.#forget(stream));
    const at = new Date(this.#clock.now()).toISOString();
    const event: ApiEvent = { type: missed ? 'here' : 'reset', at };
    for (const kept of missed ?? []) this.#send(stream, kept);
    this.#send(stream, { id: this.#feed.newestId, event });
  }

  /** Ends them all, and takes no more: readers come back to whoever is there then. */
  close(): void {
    this.#isClosing = true;
    for (const stream of this.#open.keys()) stream.response.end();
    clearInterval(this.#beating);
  }

  #refuseTooMany(address: string, response: Response): void {
    const { maxStreams, maxPerAddress } = this.#limits;
    const fromThere = [...this.#open.keys()].filter((stream) => stream.address === address).length;
    if (!this.#isClosing && this.#open.size < maxStreams && fromThere < maxPerAddress) return;
    response.set('Retry-After', '15');
    throw new AdminProblem(
      'rate_limited',
      'There are as many streams of events open as this Ficus gives, in all or to your address. Close some, or ask now and then instead.',
    );
  }

  #send(stream: Stream, { id, event }: KeptEvent): void {
    this.#write(stream, `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  /** Who does not read is cut off, and goes on from their last id when they do. */
  #write({ response }: Stream, text: string): void {
    if (response.writableLength > this.#limits.maxWaitingBytes) response.destroy();
    else response.write(text);
  }

  #beat(): void {
    const at = new Date(this.#clock.now()).toISOString();
    for (const stream of this.#open.keys()) {
      this.#write(stream, `event: beat\ndata: ${JSON.stringify({ type: 'beat', at })}\n\n`);
      stream.isStillKnown().then(
        (isKnown) => isKnown || stream.response.end(),
        () => stream.response.end(),
      );
    }
  }

  #forget(stream: Stream): void {
    this.#open.get(stream)?.();
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    clearInterval(this.#beating);
    this.#beating = undefined;
  }
}
