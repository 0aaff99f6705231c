import type { Deletable, MoveDone } from '../../proxy/admin/api-types.ts';
import type { Outcome } from '../command.ts';
import { share } from '../format.ts';
import { inert } from '../inert.ts';
import { shares } from './status-detail.ts';

export function moveOutcome(done: MoveDone): Outcome {
  const { status, text, warnings, deletable } = inert(done);
  const after = `${status.id}: ${status.phase}, ${shares(status)}, shadow ${share(status.shadowShare)}`;
  const lists = deletable ? `\n${renderDeletable(deletable)}` : '';
  return { json: done, text: `${text}\n${after}${lists}`, warnings };
}

function renderDeletable({ flags, settings, monolithHandlers }: Deletable): string {
  const list = (title: string, items: readonly string[]) => [title, ...items.map((item) => `  - ${item}`)];
  return [
    '',
    ...list('Nobody needs these flags any more:', flags),
    ...list('Nor these settings of routes.yaml, where they are written (the routes stay):', settings),
    ...list('Nor these handlers of the monolith:', monolithHandlers),
  ].join('\n');
}
