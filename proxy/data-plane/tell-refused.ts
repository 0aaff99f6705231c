import type { AccessLog } from '../telemetry/access-log.ts';
import { type FailureCode, failureMeanings } from './failures.ts';
import type { TrafficCounts } from './traffic-counts.ts';

export interface TellDeps {
  readonly counts: TrafficCounts;
  readonly accessLog: AccessLog;
}

/** Counts and logs what was refused before anybody was asked; `line` is what could be read of its first line. */
export function tellRefused(
  { counts, accessLog }: TellDeps,
  code: FailureCode,
  requestId: string,
  line?: { readonly method: string; readonly target: string },
): void {
  counts.failed(code);
  if (!accessLog.wants('refused')) return;
  const { status } = failureMeanings[code];
  // Nothing but these two: the rest of a head has credentials.
  accessLog.write({ requestId, method: line?.method, target: line?.target, migration: '', status, code });
}
