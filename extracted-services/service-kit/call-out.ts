import { currentRequestIds } from './request-ids.ts';
import { copyMarks, isCopy } from './shadow-copy.ts';

export type CallerOptions = {
  baseUrl: string;
  timeoutMs: number;
  /**
   * `ours`: it is told which copy a call belongs to, so that it does not take it for real (an unsafe one is refused
   * by a service that cannot run dry). `foreign`: another company's, which is told nothing and, for a copy, is
   * only called where `changesNothing` says so.
   */
  of: 'ours' | 'foreign';
  headers?: Record<string, string>;
};

export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** The other side only answers and does nothing, whatever the method is: a simulation, a search by POST. */
  changesNothing?: boolean;
};

export type CallAnswer = { status: number; body: unknown };

/** A call that was not made, because it belongs to a copy: the route has to do without its answer. */
export class HeldBackError extends Error {
  constructor(method: string, path: string) {
    super(`${method} ${path} was held back: it would have changed something for a copy`);
    this.name = 'HeldBackError';
  }
}

/** Calls other servers for a request. JSON both ways; rejects when there was no answer within `timeoutMs`. */
export function createCaller({ baseUrl, timeoutMs, of, headers = {} }: CallerOptions) {
  return async (call: Call): Promise<CallAnswer> => {
    const { method, path, body, changesNothing = method === 'GET' } = call;
    if (of === 'foreign' && isCopy() && !changesNothing) throw new HeldBackError(method, path);
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
        ...call.headers,
        ...(of === 'ours' ? ownHeaders() : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

function ownHeaders(): Record<string, string> {
  const { requestId } = currentRequestIds();
  return {
    ...copyMarks(),
    ...(requestId === undefined ? {} : { 'X-Request-Id': requestId }),
  };
}
