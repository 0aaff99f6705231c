import type { VerdictRow } from '../store/model.ts';

/** What somebody wants to decide on a signature. */
export interface VerdictOrder {
  readonly signature: string;
  readonly verdict: VerdictRow['verdict'];
  readonly reason: string;
  /** Absent: the migration's owner, or who asks. */
  readonly owner?: string;
  /** ISO time; needed for `expected`. */
  readonly until?: string;
  readonly actor: string;
}

const longestDays = 366;

/** Why an order can't be taken, in a sentence, or undefined. */
export function verdictProblem({ verdict, until }: VerdictOrder, nowMs: number): string | undefined {
  if (until === undefined) {
    if (verdict !== 'expected') return undefined;
    return 'An expected difference needs a date until which it is: it holds the gate again after it.';
  }
  const untilMs = Date.parse(until);
  if (Number.isNaN(untilMs)) return `"${until}" is no date; write one such as 2026-12-31.`;
  if (untilMs <= nowMs) return `${until} is over; a verdict ends in the future.`;
  if (untilMs > nowMs + longestDays * 86_400_000)
    return `${until} is more than a year away; judge it anew then, in case anybody still cares.`;
  return undefined;
}
