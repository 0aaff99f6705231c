import type { AccessEntry } from '../telemetry/access-log.ts';
import type { Matched } from './choose-side.ts';
import { type ForwardableRequest, traceIdOf } from './request-head.ts';
import type { AnsweredBy } from './traffic-counts.ts';

/** What the access log says of a request, but for what became of it. */
export function accessEntry(
  request: ForwardableRequest,
  matched: Matched | undefined,
  side: AnsweredBy,
  upstream: string,
): Omit<AccessEntry, 'status'> {
  return {
    requestId: request.id,
    traceId: traceIdOf(request),
    method: request.method,
    target: request.target,
    migration: matched?.live.migration.id ?? '',
    route: matched?.route.id,
    side,
    upstream,
  };
}
