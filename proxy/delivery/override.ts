import { z } from 'zod';
import type { MigrationStateRow } from '../store/model.ts';
import { minuteText } from '../telemetry/minute-text.ts';
import type { Allowance } from './allowed-share.ts';
import { latchOf } from './guard/latch.ts';
import type { Actor, OverrideTold } from './model.ts';

/** A share that is allowed whatever the gate says, for a time: break-glass. */
export interface Override {
  /** Percent that is allowed while it lasts, and what was granted before it, to which it falls back. */
  readonly share: number;
  readonly before: number;
  /** ISO times. */
  readonly since: string;
  readonly until: string;
  readonly actor: string;
  readonly reason: string;
}

/** What somebody asks for besides a share. */
export interface OverrideOrder {
  readonly forMs: number;
}

export const defaultOverrideMs = 3_600_000;
export const longestOverrideMs = 24 * 3_600_000;

const overrideSchema = z.object({
  share: z.number().min(0).max(100),
  before: z.number().min(0).max(100),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  actor: z.string(),
  reason: z.string(),
});

type Kept = Pick<MigrationStateRow, 'detail'>;

/** The one that was begun, in force or over. What can't be read overrides nothing. */
export function keptOverride({ detail }: Kept): Override | undefined {
  const read = overrideSchema.safeParse(detail['override']);
  return read.success ? read.data : undefined;
}

/** The one in force now. */
export function overrideOf(state: Kept, nowMs: number): Override | undefined {
  const override = keptOverride(state);
  return override && nowMs < Date.parse(override.until) ? override : undefined;
}

/** The one that is over and has not been taken back yet. */
export function endedOverride(state: Kept, nowMs: number): Override | undefined {
  const override = keptOverride(state);
  return override && nowMs >= Date.parse(override.until) ? override : undefined;
}

/** Percent that counts as granted: without an override that is over, also before anybody took note of its end. */
export function grantedInForce(state: Kept & Pick<MigrationStateRow, 'granted'>, nowMs: number): number {
  const ended = endedOverride(state, nowMs);
  return ended ? Math.min(state.granted, ended.before) : state.granted;
}

/**
 * The evidence's allowance, raised to what an override allows. Never above a roll back or what the guard has
 * latched: those are newer than the override, or it could not have begun.
 */
export function overridden(
  allowance: Allowance,
  state: Kept & Pick<MigrationStateRow, 'held'>,
  nowMs: number,
): Allowance {
  const override = overrideOf(state, nowMs);
  if (!override || state.held || latchOf(state)) return allowance;
  return { ...allowance, allowed: Math.max(allowance.allowed, override.share), closed: false };
}

/** Why it can't begin, or undefined. */
export function overrideProblem({ forMs }: OverrideOrder, state: Kept, reason: string): string | undefined {
  if (reason.trim() === '') return 'An override needs a reason: it is kept in the audit.';
  if (!(forMs >= 1000 && forMs <= longestOverrideMs)) return 'An override lasts from 1 second to 24 hours.';
  if (latchOf(state))
    return 'The guard holds the migration back, and no override goes past that: clear the guard first.';
  return undefined;
}

/** A new one; what was granted before the first of several is what the last one falls back to. */
export function begunOverride(from: {
  readonly share: number;
  readonly order: OverrideOrder;
  readonly state: Kept & Pick<MigrationStateRow, 'granted'>;
  readonly actor: Actor;
  readonly reason: string;
  readonly nowMs: number;
}): Override {
  const { share, order, state, actor, reason, nowMs } = from;
  return {
    share,
    before: overrideOf(state, nowMs)?.before ?? grantedInForce(state, nowMs),
    since: new Date(nowMs).toISOString(),
    until: new Date(nowMs + order.forMs).toISOString(),
    actor: actor.name,
    reason,
  };
}

/** What status and gate say of the one in force. */
export function toldOverride(
  state: Kept & Pick<MigrationStateRow, 'held'>,
  nowMs: number,
): { override?: OverrideTold; warnings?: readonly string[] } {
  const override = overrideOf(state, nowMs);
  if (!override || state.held || latchOf(state)) return {};
  const { before: _, ...told } = override;
  return { override: told, warnings: [overrideText(override, nowMs)] };
}

/** `OVERRIDE until 2026-11-20 22:10 UTC (41 minutes left): …`: for status and gate, nobody is to miss it. */
export function overrideText(
  { share, until, since, actor, reason, before }: Override,
  nowMs: number,
): string {
  const left = Math.max(1, Math.ceil((Date.parse(until) - nowMs) / 60_000));
  return (
    `OVERRIDE until ${minuteText(until)} (${left} ${left === 1 ? 'minute' : 'minutes'} left): ${share} % may be served ` +
    `whatever the gate says, by ${actor} since ${minuteText(since)}: “${reason}”. Then at most ${before} % again, unless the ` +
    'gate is open by then. To end it at once: `ficus rollback`.'
  );
}
