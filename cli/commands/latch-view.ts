import type { MigrationStatus } from '../../proxy/admin/api-types.ts';
import type { Paint } from '../paint.ts';
import { wrapText } from '../wrap-text.ts';

/** Loud: whoever looks must not overlook it. */
export function renderLatch({ id, latch }: MigrationStatus, width: number | undefined, paint: Paint): string {
  if (!latch) return '';
  const head = paint('red', `TAKEN BACK BY THE GUARD: ${id} is answered by the monolith since ${latch.at}`);
  const next = `Once that is mended: ficus guard clear ${id} --reason …`;
  return [head, ...wrapText(latch.reason, width ?? Number.POSITIVE_INFINITY), next].join('\n');
}
