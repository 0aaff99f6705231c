import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Until the last byte of the answer; absent: as long as it takes. */
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly ok: boolean;
  /** In lower case. */
  header(name: string): string | undefined;
  /** Undefined when it is none. */
  json(): Promise<unknown>;
  readonly body: Readable;
}

/**
 * Sends a request and resolves with the head of the answer; redirects are not followed. Rejects with what went wrong
 * on the way, as the system names it (`code`), or `TimeoutError`. Not by `fetch`, which takes longer to load than all
 * else that a command needs.
 */
export async function sendRequest(address: string, request: HttpRequest): Promise<HttpAnswer> {
  const { method, headers, body, timeoutMs } = request;
  const url = new URL(address);
  const { request: open } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    open(url, { method, headers, ...(signal && { signal }) })
      .once('response', resolve)
      .once('error', (error) => reject(signal?.aborted ? signal.reason : error))
      .end(body);
  });
  const status = answer.statusCode ?? 0;
  return {
    status,
    ok: status >= 200 && status < 300,
    header: (name) => answer.headersDistinct[name]?.join(', '),
    async json() {
      try {
        return JSON.parse(await text(answer));
      } catch {
        return undefined;
      }
    },
    body: answer,
  };
}
