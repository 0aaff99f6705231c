import { isSafeMethod } from '../routing/model.ts';
import { BodyCapture } from '../shadow/capture.ts';
import type { Answer } from '../shadow/pair.ts';
import type { TransmitCopy } from '../shadow/sender.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Failure } from './failures.ts';
import { foldAliases } from './header-kinds.ts';
import { headFor } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import type { PoolOf } from './snapshot.ts';
import type { ExchangeSink, UpstreamConnection } from './upstream-connection.ts';

/** What authenticates a client stays in its own trust domain unless the upstream is trusted with it. */
const credentialHeaders = new Set([
  'authorization',
  'cookie',
  'x-api-key',
  'proxy-authorization',
  'x-auth-token',
  'x-csrf-token',
]);

type CopyRequest = Parameters<TransmitCopy>[0];

/** Sends copies over pools that no client's request uses. */
export function createTransmitCopy(poolOf: PoolOf, clock: Clock): TransmitCopy {
  return (copy) =>
    new Promise((resolve) => {
      const startedAt = clock.monotonic();
      const elapsedMs = () => clock.monotonic() - startedAt;
      const head = copyHead(copy);
      const pool = poolOf(copy.upstream);
      let connection: UpstreamConnection | undefined;
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      const giveUp = (outcome: 'too-large' | 'timed-out', detail: string): void => {
        pool.forget(waiter);
        connection?.abort();
        settled = true;
        settle({ outcome, detail, durationMs: elapsedMs() });
      };
      let settled = false;
      const sink = new AnswerSink(copy.maxBodyBytes, elapsedMs, (answer) => {
        if (answer.outcome === 'too-large') giveUp('too-large', answer.detail);
        else settle(answer);
      });
      const waiter = {
        onConnection(opened: UpstreamConnection): void {
          if (settled) {
            pool.giveBack(opened);
            return;
          }
          connection = opened;
          if (!opened.begin(sink, copy.request.method, head)) {
            pool.acquire(waiter);
            return;
          }
          if (copy.request.body.length > 0) opened.send(Buffer.from(copy.request.body));
          opened.requestComplete();
        },
        onUnavailable: (failure: Failure) => sink.onFailure(failure),
      };
      const timer = setTimeout(() => giveUp('timed-out', `over ${copy.timeoutMs} ms`), copy.timeoutMs);
      pool.acquire(waiter);
    });
}

/** The copy's head: what was forwarded of the client's, marked, sized anew, without its credentials. */
function copyHead({ upstream, target, mode, head, request }: CopyRequest): string {
  const sized = request.body.length > 0 || !isSafeMethod(head.method);
  const copy = {
    method: head.method,
    host: head.host,
    lines: upstream.credentials === 'forward' ? head.lines : withoutCredentials(head.lines),
    framing: sized ? ('length' as const) : ('none' as const),
    contentLength: String(request.body.length),
    expectsContinue: false,
    acceptsTrailers: false,
  };
  return headFor(copy, upstream, target, `Ficus-Shadow: ${mode}\r\n`);
}

function withoutCredentials(lines: string): string {
  const kept = lines
    .split('\r\n')
    .filter((line) => !credentialHeaders.has(foldAliases(line.slice(0, line.indexOf(':')).toLowerCase())));
  return kept.join('\r\n');
}

/** Collects an answer within limits. */
class AnswerSink implements ExchangeSink {
  readonly #limitBytes: number;
  readonly #elapsedMs: () => number;
  readonly #settle: (answer: Answer) => void;
  readonly #body: BodyCapture;
  #head: ResponseHead | undefined;

  constructor(limitBytes: number, elapsedMs: () => number, settle: (answer: Answer) => void) {
    this.#limitBytes = limitBytes;
    this.#elapsedMs = elapsedMs;
    this.#settle = settle;
    this.#body = new BodyCapture(limitBytes);
  }

  onInformation(): void {}

  onWritable(): void {}

  onHead(head: ResponseHead): void {
    this.#head = head;
  }

  onBody(chunk: Buffer, last: boolean): void {
    this.#body.add(chunk);
    if (this.#body.tooLarge) {
      this.#settle({
        outcome: 'too-large',
        detail: `over ${this.#limitBytes} bytes`,
        durationMs: this.#elapsedMs(),
      });
    } else if (last) {
      this.onEnd();
    }
  }

  onEnd(): void {
    const { status, headers } = this.#head!;
    this.#settle({
      outcome: 'complete',
      status,
      headers,
      body: this.#body.bytes(),
      durationMs: this.#elapsedMs(),
    });
  }

  onFailure(failure: Failure): void {
    this.#settle({ outcome: 'failed', detail: failure.detail, durationMs: this.#elapsedMs() });
  }
}
