import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { Request, RequestHandler } from 'express';

export type RequestIds = { requestId: string; traceId?: string };

const storage = new AsyncLocalStorage<RequestIds>();

/** The ids of the request that the calling code works for; empty outside of one. */
export const currentRequestIds = (): RequestIds | Record<string, never> => storage.getStore() ?? {};

/** Makes the ids known to everything that the request's handlers call, and so to every line they log. */
export function keepRequestIds(): RequestHandler {
  return (request, _response, next) => storage.run(requestIds(request), next);
}

function requestIds(request: Request): RequestIds {
  const given = request.get('x-request-id');
  const requestId = given !== undefined && isSane(given) ? given : randomUUID();
  const traceId = activeTraceId() ?? traceIdOf(request.get('traceparent'));
  return traceId === undefined ? { requestId } : { requestId, traceId };
}

/** It ends up in logs and other services' headers: short, and nothing that either could read as more than an id. */
const isSane = (requestId: string) => /^[\w.:-]{1,128}$/.test(requestId);

function activeTraceId(): string | undefined {
  const context = trace.getActiveSpan()?.spanContext();
  return context !== undefined && isSpanContextValid(context) ? context.traceId : undefined;
}

/** The trace-id field of W3C Trace Context, section 3.2.2; version ff and an all-zero id are invalid. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const [, version, traceId] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/.exec(traceparent ?? '') ?? [];
  return version === 'ff' || traceId === undefined || /^0+$/.test(traceId) ? undefined : traceId;
}
