import type { KeptVerdict } from './model.ts';

/**
 * The verdicts on a signature that nobody has taken back, oldest first: the last one holds, and the one before it
 * would if that were taken back. `history`: all rows of the signature, newest first.
 */
export function verdictStack(history: readonly KeptVerdict[]): KeptVerdict[] {
  const undone = new Set(history.map(({ undoes }) => undoes));
  return history.filter(({ seq, undoes }) => undoes === undefined && !undone.has(seq)).reverse();
}
