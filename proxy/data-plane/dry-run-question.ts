import type { Upstream } from '../routing/model.ts';
import type { Failure } from './failures.ts';
import type { ResponseHead } from './response-head.ts';
import type { ExchangeSink } from './upstream-connection.ts';

const MAX_BYTES = 16_384;

/**
 * Asks whoever is at the other end of a connection whether it can run dry, before a write is copied there. The
 * control plane asks every second; within that second another build may have taken the address, and a
 * connection ends with the process that it leads to.
 */
export class DryRunQuestion implements ExchangeSink {
  static head(upstream: Upstream): string {
    const host = upstream.host ?? (upstream.protocol === 'unix:' ? 'localhost' : authority(upstream));
    return `GET ${upstream.basePath}/.well-known/ficus HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\n\r\n`;
  }

  readonly #onAnswer: (runsDry: boolean) => void;
  readonly #onFailure: (failure: Failure) => void;
  #status = 0;
  #text = '';

  constructor(onAnswer: (runsDry: boolean) => void, onFailure: (failure: Failure) => void) {
    this.#onAnswer = onAnswer;
    this.#onFailure = onFailure;
  }

  onInformation(): void {}

  onWritable(): void {}

  onHead({ status }: ResponseHead): void {
    this.#status = status;
  }

  onBody(chunk: Buffer, last: boolean): void {
    if (this.#text.length <= MAX_BYTES) this.#text += chunk.toString('latin1');
    if (last) this.onEnd();
  }

  onEnd(): void {
    this.#onAnswer(this.#status === 200 && this.#text.length <= MAX_BYTES && saysDryRun(this.#text));
  }

  onFailure(failure: Failure): void {
    this.#onFailure(failure);
  }
}

function saysDryRun(text: string): boolean {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === 'object' && said !== null && (said as { dryRun?: unknown }).dryRun === true;
  } catch {
    return false;
  }
}

function authority({ hostname, port }: Upstream): string {
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
