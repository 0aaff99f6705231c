import type { Upstream } from '../routing/model.ts';
import { currentAddresses } from './connect-to.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** Shorter ones are busy moments, and no reason to give upstreams more time. */
const MIN_STALL_MS = 500;

/** What this process slept through is nobody's fault; deadlines that were set meanwhile were set by an old clock. */
export function forgiveStall(all: Iterable<UpstreamConnection>, stalledMs: number): void {
  if (stalledMs < MIN_STALL_MS) return;
  for (const connection of all) connection.deadline += stalledMs;
}

/** As many uploads that hardly move give up their connections as there are requests that wait for one. */
export function giveUpSlowUploads(all: Iterable<UpstreamConnection>, wanted: number, now: number): void {
  let left = wanted;
  for (const connection of all) {
    if (left <= 0) return;
    if (!connection.isHeldBySlowUpload(now)) continue;
    connection.giveUpUpload();
    left--;
  }
}

/** When a name has moved, idle connections to where it was close now, the others after their answers. */
export function leaveOldAddresses(
  upstream: Upstream,
  all: Iterable<UpstreamConnection>,
  idle: readonly UpstreamConnection[],
): void {
  const addresses = currentAddresses(upstream);
  if (addresses === undefined) return;
  for (const connection of all) {
    const address = connection.connected ? connection.socket.remoteAddress : undefined;
    if (address === undefined || addresses.includes(address)) continue;

    connection.isRetired = true;
    if (idle.includes(connection)) connection.destroy();
  }
}
