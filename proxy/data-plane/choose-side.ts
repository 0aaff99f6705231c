import { fineBucket, isWithinShare } from '../routing/bucket.ts';
import { isCanonicalPath } from '../routing/canonical-path.ts';
import { isSafeMethod, type Route } from '../routing/model.ts';
import type { CopyMode } from '../shadow/sender.ts';
import type { Asker } from './asker.ts';
import { flagContextOf } from './flag-context.ts';
import { forcedSide } from './forced-side.ts';
import { isWriteToRemember, PendingWrite, sideOfLastWrite } from './read-your-writes.ts';
import type { ForwardableRequest } from './request-head.ts';
import type { LiveMigration, Snapshot } from './snapshot.ts';
import type { AnsweredBy } from './traffic-counts.ts';

/** The route that a request met, if any. */
export interface Matched {
  readonly route: Route;
  readonly live: LiveMigration;
}

/** The migrated route of a request; none for a path that is not canonical. */
export function matchRoute(snapshot: Snapshot, request: ForwardableRequest): Matched | undefined {
  if (!isCanonicalPath(request.path)) return undefined;
  const match = snapshot.routes.match(request.method, request.host, request.path);
  return match && { route: match.route, live: match.migration };
}

/**
 * Effective share: the service answers when the flag asks for this user and the cap, by the same bucket,
 * has room for them. Without a sticky value the monolith answers until the share is 100 % for everybody.
 */
export function chooseSide(
  snapshot: Snapshot,
  matched: Matched,
  request: ForwardableRequest,
  asker: Asker,
): AnsweredBy {
  const { live } = matched;
  if (snapshot.killed) return 'monolith';
  if (request.force !== '') {
    const forced = forcedSide(request.force, live, asker.fields, snapshot.force);
    if (forced !== undefined) return forced;
  }
  if (live.serves === 'nobody') return 'monolith';
  const writes = live.migration.readYourWritesSeconds === undefined ? undefined : snapshot.writes;
  if (live.serves === 'everybody' && writes === undefined) return 'service';
  const { sticky } = asker;
  const asking = { cookie: writes && asker.fields.value('cookie'), sticky, client: request.client };
  const written = writes && sideOfLastWrite(live, asking, writes);
  if (written === 'monolith') return 'monolith';
  if (live.serves === 'everybody') return 'service';
  if (sticky === undefined) return 'monolith';
  const groupId = live.migration.id;
  if (!isWithinShare(live.cap, groupId, sticky)) return 'monolith';
  // Their flag may have been lowered meanwhile; what the evidence allows has not.
  if (written === 'service') return 'service';
  const context = flagContextOf(live.migration, asker.fields, asker.claims, sticky, request.client.address);
  context.properties['ficusFineBucket'] = String(fineBucket(groupId, sticky));
  return snapshot.flags.isOn(live.serveFlag, context) ? 'service' : 'monolith';
}

/** What is to be remembered of a write once it is answered; undefined for what is none, or where nobody asks for it. */
export function pendingWrite(
  snapshot: Snapshot,
  { live }: Matched,
  request: ForwardableRequest,
  asker: Asker,
): PendingWrite | undefined {
  if (snapshot.writes === undefined || !isWriteToRemember(live, request.method)) return undefined;
  return new PendingWrite(live, request.client, asker.lastingSticky, snapshot.writes);
}

/** Percent of requests copied back to the monolith once the service answers them all: the way back stays proven. */
const REVERSE_SHARE = 1;

/**
 * How a copy of this request is sent to the other side, or undefined when none is. Sampled by the id that
 * upstreams see: whoever decides by it, replica or service, decides alike.
 */
export function chooseCopy(
  snapshot: Snapshot,
  matched: Matched,
  request: ForwardableRequest,
  asker: Asker,
  control: AnsweredBy,
): CopyMode | undefined {
  const { live } = matched;
  if (live.copies === 'none' || request.isCopy) return undefined;
  const mode = copyModeOf(matched, request.method, control);
  if (mode === undefined) return undefined;
  if (live.serves === 'everybody' && !isWithinShare(REVERSE_SHARE, live.serveFlag, request.requestId))
    return undefined;
  if (live.copies === 'all') return mode;
  const context = live.copiesByContext ? copyContext(live, request, asker) : { properties: {} };
  context.properties['requestId'] = request.requestId;
  context.properties['ficusFineBucket'] = String(fineBucket(live.shadowFlag, request.requestId));
  return snapshot.flags.isOn(live.shadowFlag, context) ? mode : undefined;
}

/** As for `serve`, for a flag with constraints: most ask only for a part of the requests, whosoever they are. */
function copyContext(
  live: LiveMigration,
  request: ForwardableRequest,
  asker: Asker,
): ReturnType<typeof flagContextOf> {
  const { fields, claims, sticky } = asker;
  return flagContextOf(live.migration, fields, claims, sticky, request.client.address);
}

function copyModeOf({ live, route }: Matched, method: string, control: AnsweredBy): CopyMode | undefined {
  if (route.shadow === 'never' || route.shadow === 'record') return undefined;
  if (isSafeMethod(method)) return 'compare';
  // Only a service that announced it can run dry is ever sent an unsafe copy; the monolith never is.
  return route.shadow === 'dry-run' && live.canDryRun && control === 'monolith' ? 'dry-run' : undefined;
}

/** Whether an exchange is kept for whoever records: the unsafe ones only where the route says so. */
export function isRecorded({ live, route }: Matched, request: ForwardableRequest): boolean {
  if (live.recorded <= 0 || request.isCopy || route.shadow === 'never') return false;
  if (!isSafeMethod(request.method) && route.shadow === 'compare') return false;
  return isWithinShare(live.recorded, `${live.migration.id}.record`, request.requestId);
}
