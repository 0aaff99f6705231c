import type { CopyMode } from '../shadow/sender.ts';
import type { Warn } from '../telemetry/log-budget.ts';
import type { Asker } from './asker.ts';
import { chooseCopy, chooseSide, type Matched, pendingWrite } from './choose-side.ts';
import type { CopyPressure } from './copy-pressure.ts';
import type { PendingWrite } from './read-your-writes.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { Snapshot } from './snapshot.ts';
import type { AnsweredBy, TrafficCounts } from './traffic-counts.ts';

export interface DecideDeps {
  readonly snapshot: Snapshot;
  readonly counts: TrafficCounts;
  readonly warn: Warn;
  readonly pressure: CopyPressure;
}

/**
 * What flags, stickiness and caps say, whatever they throw: a mistake in them must not cost a request, let
 * alone the process with all the others. Then the monolith answers, as it did before anything was moved.
 */
export function decideSide(
  { snapshot, warn }: DecideDeps,
  matched: Matched,
  request: ForwardableRequest,
  asker: Asker,
): AnsweredBy {
  try {
    return chooseSide(snapshot, matched, request, asker);
  } catch (error) {
    warn({ err: error, requestId: request.id, migration: matched.live.migration.id }, 'side not decided');
    return 'monolith';
  }
}

/** The same for the copy: then there is none, and it is counted. Nor is there one where somebody is short of room. */
export function decideCopy(
  { snapshot, counts, warn, pressure }: DecideDeps,
  matched: Matched,
  request: ForwardableRequest,
  asker: Asker,
  control: AnsweredBy,
): CopyMode | undefined {
  try {
    const mode = chooseCopy(snapshot, matched, request, asker, control);
    if (mode === undefined) return undefined;
    const against = pressure.against(snapshot.default, matched.live.service, request.requestId);
    if (against === undefined) return mode;
    counts.shadowDropped(matched.live.migration.id, against);
    return undefined;
  } catch (error) {
    const migration = matched.live.migration.id;
    counts.shadowDropped(migration, 'not-decided');
    warn({ err: error, requestId: request.id, migration }, 'copy not decided');
    return undefined;
  }
}

/** The same for a write: then nobody is told where it went. */
export function decideWrite(
  { snapshot, warn }: DecideDeps,
  matched: Matched,
  request: ForwardableRequest,
  asker: Asker,
): PendingWrite | undefined {
  try {
    return pendingWrite(snapshot, matched, request, asker);
  } catch (error) {
    warn({ err: error, requestId: request.id, migration: matched.live.migration.id }, 'write not remembered');
    return undefined;
  }
}

/** Looks who asks, for the previews of moves; whoever can't be read is left out. */
export function noteUser({ counts, warn }: DecideDeps, matched: Matched, asker: Asker): void {
  try {
    counts.users.note(matched.live.migration.id, asker);
  } catch (error) {
    warn({ err: error, migration: matched.live.migration.id }, 'user not counted');
  }
}
