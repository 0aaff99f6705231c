import type { MoveDone } from '../../proxy/admin/api-types.ts';
import type { Outcome } from '../command.ts';
import { share } from '../format.ts';
import { inert } from '../inert.ts';
import { shares } from './status-detail.ts';

export function moveOutcome(done: MoveDone): Outcome {
  const { status, text, warnings } = inert(done);
  const after = `${status.id}: ${status.phase}, ${shares(status)}, shadow ${share(status.shadowShare)}`;
  return { json: done, text: `${text}\n${after}`, warnings };
}
