import type { MigrationStatus } from '../../../proxy/admin/api-types.ts';
import { percent } from '../format.ts';

/** A move that wants nothing but a reason. */
export interface ReasonMove {
  /** Its path below the migration. */
  readonly path: string;
  readonly button: string;
  readonly title: string;
  /** What it does, in a sentence. */
  readonly text: string;
}

/** Those that make sense where the migration stands, besides promote and roll back. */
export function reasonMoves({ latch, ramp, pause, phase }: MigrationStatus): ReasonMove[] {
  const moves: ReasonMove[] = [];
  if (latch) {
    moves.push({
      path: 'guard/clear',
      button: 'Clear the guard',
      title: 'Clear the guard of',
      text: 'It may be promoted again; nothing moves by this alone.',
    });
  }
  if (ramp?.approvals.some(({ given, needed }) => given.length < needed)) {
    moves.push({
      path: 'approve',
      button: 'Approve',
      title: 'Approve the next step of',
      text: 'A step ahead wants somebody to say yes, other than who asked for it.',
    });
  }
  if (pause) {
    moves.push({ path: 'resume', button: 'Resume', title: 'Resume', text: 'Steps forward go on.' });
  } else if (phase === 'canary' || ramp) {
    moves.push({
      path: 'pause',
      button: 'Pause',
      title: 'Pause',
      text: 'No step forward until somebody resumes; what is granted stays.',
    });
  }
  if (ramp) {
    moves.push({
      path: 'abort',
      button: 'Abort the ramp',
      title: 'Abort the ramp of',
      text: `It goes back to ${percent(ramp.from)}, from which it began.`,
    });
  }
  if (phase === 'service') {
    moves.push({
      path: 'retire',
      button: 'Retire',
      title: 'Retire the monolith for',
      text: 'The service alone has it. Refused until the monolith had no hit for the configured days.',
    });
  }
  return moves;
}
