import type { MigrationStatus } from '../../proxy/admin/api-types.ts';
import { localTime, share } from '../format.ts';

/** `up to 25% whatever the gate says, until 2026-11-20 23:10:00, by cli:anna: “the monolith is down”`. */
export function overrideText({
  share: most,
  until,
  actor,
  reason,
}: NonNullable<MigrationStatus['override']>): string {
  return `up to ${share(most)} whatever the gate says, until ${localTime(until)}, by ${actor}: “${reason}”`;
}
