import type { MigrationStateRow } from '../../store/model.ts';
import type { MigrationStatus } from '../model.ts';
import { lastDrillOf } from './drill.ts';
import type { Latch } from './latch.ts';

/** What the status says of the guard. */
export function guardTold(
  state: MigrationStateRow,
  latch: Latch | undefined,
): Pick<MigrationStatus, 'latch' | 'lastDrill'> {
  const lastDrill = lastDrillOf(state);
  return { ...(latch && { latch }), ...(lastDrill && { lastDrill }) };
}
