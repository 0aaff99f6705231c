import { serveFlag } from '../../flags/flag-names.ts';
import type { Standing } from '../standing.ts';
import { BY_FLAG, type Ramp } from './detail.ts';

/** How long a ramp may be there before the flag that it raised is seen: a flag server is polled. */
const FLAG_SEEN_WITHIN_MS = 10_000;

/**
 * The ramp under way with `granted` percent in force: the one there is, a new one where a flag was raised elsewhere, or
 * none when its end is reached, the flag was lowered or all was taken back.
 */
export function rampOf(
  { migration, asked, effective, state, detail }: Standing,
  nowMs: number,
  granted = state.granted,
): Ramp | undefined {
  const { ramp } = detail;
  if (state.held) return undefined;
  if (ramp && ramp.to !== asked && nowMs - Date.parse(ramp.since) < FLAG_SEEN_WITHIN_MS) return ramp;
  if (asked <= granted) return undefined;
  if (ramp?.to === asked) return ramp;
  const reason = `${serveFlag(migration.id)} asks for ${asked} %`;
  return { from: effective, to: asked, since: new Date(nowMs).toISOString(), by: BY_FLAG, reason };
}
