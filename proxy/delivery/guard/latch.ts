import { z } from 'zod';
import type { GateReport } from '../../evidence/model.ts';
import type { MigrationStateRow } from '../../store/model.ts';

export const latchSchema = z.object({
  /** ISO time of the trip. */
  at: z.string(),
  kind: z.enum(['errors', 'unreachable', 'latency', 'mismatches']),
  /** One sentence with numbers. */
  reason: z.string(),
  /** What it was seen by: plain numbers, for the audit and for programs. */
  numbers: z.record(z.string(), z.number()),
});

/** What the guard has left on a migration that it took back: nothing is given to the service until a person clears it. */
export type Latch = z.infer<typeof latchSchema>;
export type GuardKind = Latch['kind'];

/** A latch that can't be read still latches: somebody wrote it for a reason. */
export function latchOf({ detail }: Pick<MigrationStateRow, 'detail'>): Latch | undefined {
  const written = detail['latch'];
  if (written === undefined || written === null) return undefined;
  const parsed = latchSchema.safeParse(written);
  if (parsed.success) return parsed.data;
  return { at: 'some time', kind: 'errors', reason: 'What was written of it is not readable.', numbers: {} };
}

/** Why nothing is allowed, and what to do about it. */
export function latchSentence(migration: string, latch: Latch): string {
  const when = latch.at.replace(/\.\d+Z$/, 'Z');
  return `The guard took it back at ${when}: ${latch.reason} Once that is mended: ficus guard clear ${migration} --reason …`;
}

/** The gate of a latched migration: whatever else it says, it refuses. */
export function latchedGate(gate: GateReport, latch: Latch): GateReport {
  const text = latchSentence(gate.migration, latch);
  return { ...gate, state: 'refused', reasons: [{ rule: 'guard', state: 'refused', text }, ...gate.reasons] };
}
