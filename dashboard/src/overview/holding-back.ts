import type { MigrationStatus } from '../../../proxy/admin/api-types.ts';

/** In one sentence, and how many more there are. */
export function holdingBack({
  phase,
  holds,
  latch,
  gate,
  share,
}: Pick<MigrationStatus, 'phase' | 'holds' | 'latch' | 'gate' | 'share'>): { text: string; more: number } {
  if (latch) return { text: latch.reason, more: holds.length };
  const [first] = holds;
  if (first !== undefined) return { text: first, more: holds.length - 1 };
  if (phase === 'retired') return { text: 'Nothing: the monolith is no longer asked.', more: 0 };
  if (share.effective >= 100) return { text: 'Nothing: the service answers everybody.', more: 0 };
  if (phase === 'monolith') return { text: 'Nothing was begun yet.', more: 0 };
  return {
    text: gate === 'open' ? 'Nothing: the gate is open for the next step.' : 'The gate is not open yet.',
    more: 0,
  };
}
