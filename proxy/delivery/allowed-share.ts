import { count } from '../evidence/gate/wording.ts';
import type { GateReport } from '../evidence/model.ts';
import type { Migration } from '../routing/model.ts';

/** What a migration has been granted so far: the running part of its state. */
export interface Granted {
  /** Percent. */
  readonly granted: number;
  readonly held: boolean;
  readonly grantedAtMs: number;
  readonly requestsSinceGrant: number;
}

export interface Allowance {
  /** Percent that the evidence allows now. */
  readonly allowed: number;
  /** Why not more, one sentence each; empty at 100. */
  readonly holds: readonly string[];
  /** The evidence speaks against the service: what was granted is taken back. */
  readonly closed: boolean;
}

/** Reasons that take a granted share back; the others only keep it from growing. */
const closingRules: ReadonlySet<string> = new Set(['agreement', 'unjudged', 'verdicts', 'contracts']);

/**
 * The evidence's side of the effective share. An open gate allows one step more once the present one has
 * been held long enough; a waiting gate allows what is granted already; a gate closed by what the pairs or
 * contracts show allows nothing.
 */
export function allowedShare(
  canary: Migration['canary'],
  gate: GateReport,
  state: Granted,
  nowMs: number,
): Allowance {
  const unmet = gate.reasons.filter((reason) => reason.state !== 'met');
  if (unmet.some((reason) => reason.state === 'refused' && closingRules.has(reason.rule))) {
    return { allowed: 0, holds: unmet.map((reason) => reason.text), closed: true };
  }
  if (state.held) {
    return { allowed: 0, holds: ['It was rolled back: promote it to begin anew.'], closed: false };
  }
  if (gate.state !== 'open') {
    return { allowed: state.granted, holds: unmet.map((reason) => reason.text), closed: false };
  }
  const hold = missingHold(canary, state, nowMs);
  if (hold) return { allowed: state.granted, holds: [hold], closed: false };
  // Steps that are not held at all may be skipped.
  const isHeld = canary.holdMinutes > 0 || canary.minRequests > 0;
  return { allowed: isHeld ? stepAfter(canary, state.granted) : 100, holds: [], closed: false };
}

/** What is still missing before the present step may be left, or undefined. */
export function missingHold(canary: Migration['canary'], state: Granted, nowMs: number): string | undefined {
  if (state.granted === 0) return undefined;
  const heldMs = nowMs - state.grantedAtMs;
  const missing: string[] = [];
  if (heldMs < canary.holdMinutes * 60_000) missing.push(heldText(heldMs, canary.holdMinutes));
  if (state.requestsSinceGrant < canary.minRequests) {
    missing.push(`${count(state.requestsSinceGrant)} of ${count(canary.minRequests)} requests`);
  }
  if (missing.length === 0) return undefined;
  return `The step of ${state.granted} % has been held for ${missing.join(' and ')}.`;
}

function heldText(heldMs: number, holdMinutes: number): string {
  if (holdMinutes >= 1) return `${Math.floor(heldMs / 60_000)} of ${holdMinutes} minutes`;
  return `${Math.floor(heldMs / 1000)} of ${Math.ceil(holdMinutes * 60)} seconds`;
}

/** The step after a share. */
export function stepAfter(canary: Migration['canary'], share: number): number {
  return canary.steps.find((step) => step > share) ?? 100;
}

/** The smallest step that has room for a share. */
export function stepFor(canary: Migration['canary'], share: number): number {
  if (share <= 0) return 0;
  return canary.steps.find((step) => step >= share) ?? 100;
}
