import type { Logger } from 'pino';
import type { Migration } from '../routing/model.ts';
import type { AuditEntry, MigrationStateRow } from '../store/model.ts';
import { stepFor } from './allowed-share.ts';
import { isDrilling } from './guard/drill.ts';
import { timesTakenBack } from './migration-states.ts';
import type { Phase } from './model.ts';
import { endedOverride, grantedInForce, type Override, overrideOf } from './override.ts';
import { rampOver } from './ramp/detail.ts';
import { rampOf } from './ramp/ramp-of.ts';
import { type StepAnnouncer, stepOf } from './ramp/step.ts';
import { phaseOf, type Standing, type StandingDeps, standingOf } from './standing.ts';

export interface ReconcilerDeps extends StandingDeps {
  readonly migrations: () => readonly Migration[];
  /** Who is asked before a step and told after it. Absent: nobody. */
  readonly steps?: StepAnnouncer;
  /** Never throws and is never awaited. */
  readonly audit: (entry: AuditEntry) => void;
  /** The caps that workers hold are no longer right. */
  readonly onCapsChanged: () => void;
  readonly log: Logger;
}

export interface StateChange {
  readonly granted?: number;
  readonly held?: boolean;
  readonly phase?: Phase;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Who moves a migration when nobody asked. */
const FICUS = 'ficus';

/** Keeps what is granted in step with what is asked and what the evidence says. */
export class Reconciler {
  readonly #deps: ReconcilerDeps;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  /** Looks at every migration once. */
  reconcile(): void {
    let changed = false;
    for (const migration of this.#deps.migrations()) changed = this.#settle(migration) || changed;
    if (changed) this.#deps.onCapsChanged();
  }

  /**
   * Writes a new revision of a state; the hold begins anew with another granted share. Of `detail` the
   * subjects that are named change, and one that is undefined goes.
   */
  change(migration: Migration, to: StateChange): void {
    const now = this.nowIso();
    const state = this.#deps.states.get(migration.id, now);
    const { granted = state.granted, held = state.held, phase = state.phase } = to;
    // Who takes a migration back ends what was under way, and what was allowed past the gate.
    const ended = to.held === true ? { ...rampOver, override: undefined } : {};
    const isBack = to.held === true || granted < state.granted;
    const back = isBack ? { takenBack: timesTakenBack(state) + 1 } : {};
    const detail = Object.entries({ ...state.detail, ...to.detail, ...ended, ...back }).filter(
      ([, part]) => part !== undefined,
    );
    const next: MigrationStateRow = {
      ...state,
      revision: state.revision + 1,
      granted,
      held,
      phase,
      detail: Object.fromEntries(detail),
      ...(granted === state.granted ? {} : { grantedAt: now, requestsSinceGrant: 0 }),
      ...(phase === state.phase ? {} : { phaseSince: now }),
    };
    this.#deps.states.set(next);
  }

  nowIso(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }

  /** One migration's share; true when its cap changed. */
  #settle(migration: Migration): boolean {
    const standing = standingOf(this.#deps, migration);
    if (isDrilling(standing.state, this.#deps.clock.now())) return false;
    const { state, asked, allowance } = standing;
    // Where the monolith may have forgotten it, evidence against the service is no way back.
    if (state.phase === 'retired') return false;
    const override = endedOverride(state, this.#deps.clock.now());
    if (override) {
      // Its end is in the audit once. Workers are told here all the same: their caps go by the time.
      if (this.#deps.lead?.() === 'elsewhere') return true;
      this.#endOverride(standing, override);
      return true;
    }
    if (allowance.closed && state.granted > 0) {
      this.#takeBack(migration, standing.effective, allowance.holds);
      return true;
    }
    // What was granted waits as it is; a kill that ends gives it back.
    if (standing.killed) return false;
    // Flags that nobody has read yet ask for nothing, and that must not become a decision.
    if (!this.#deps.flags.known()) return false;
    const nowMs = this.#deps.clock.now();
    const isOverridden = overrideOf(state, nowMs) !== undefined;
    // Flags come to each replica at another moment: one that sees them late must not undo what they asked for.
    if (this.#deps.lead?.() === 'elsewhere' && !isOverridden) return false;
    const wanted = Math.min(allowance.allowed, stepFor(migration.canary, asked));
    const step = wanted > state.granted ? stepOf(standing, wanted, rampOf(standing, nowMs)) : undefined;
    const waits = step && !isOverridden ? this.#deps.steps?.before(migration, step) : undefined;
    const granted = waits === undefined ? wanted : state.granted;
    // A flag that fell to 0 ends what a roll back held: asking again begins anew. Not so after the guard.
    const held = state.held && (asked > 0 || standing.latch !== undefined);
    const phase = phaseOf(standing, granted);
    const ramp = rampOf(standing, nowMs, granted);
    const webhook = waits === '' ? standing.detail.webhook : waits;
    const isSameWay = ramp === standing.detail.ramp && webhook === standing.detail.webhook;
    if (granted === state.granted && held === state.held && phase === state.phase && isSameWay) return false;
    if (granted > state.granted) this.#auditStep(standing, granted);
    if (phase !== state.phase) this.#auditPhase(standing, phase);
    const isBack = granted === 0 && state.granted > 0;
    this.change(migration, { granted, held, phase, detail: isBack ? rampOver : { ramp, webhook } });
    if (step && granted > state.granted) this.#deps.steps?.after(migration, step);
    return granted !== state.granted;
  }

  /** A step that a promote names and that follows at once is in the audit with it. */
  #auditStep({ migration, state, asked, gate, detail: { ramp } }: Standing, to: number): void {
    if (ramp && ramp.from === state.granted && to >= ramp.to) return;
    const why = ramp ? `the way to ${asked} %, asked by ${ramp.by}` : `the flag asks for ${asked} %`;
    const detail = { from: state.granted, to, builds: gate.key };
    this.#audit('step', migration.id, `${state.granted} → ${to} %: ${why}`, detail);
  }

  #auditPhase({ migration, state, asked, allowance, shadowShare }: Standing, phase: Phase): void {
    const shares = `asked ${asked} %, allowed ${allowance.allowed} %, shadow ${shadowShare} %`;
    const detail = { from: state.phase, to: phase };
    this.#audit('phase', migration.id, `${state.phase} → ${phase}: ${shares}`, detail);
  }

  /** The evidence speaks against a share that was granted: once, and until somebody promotes again. */
  #takeBack(migration: Migration, from: number, reasons: readonly string[]): void {
    this.#audit('gate-closed', migration.id, reasons.join(' '), { from });
    this.change(migration, { granted: 0, held: true });
    this.#deps.log.warn(
      { migration: migration.id, from, reasons },
      'gate closed: the monolith answers everybody',
    );
  }

  /** Back to what was granted before it; what the gate allows by now stays. */
  #endOverride({ migration, state, gate, evidence, effective }: Standing, override: Override): void {
    const isEarned = gate.state === 'open' && evidence.holds.length === 0;
    const granted = isEarned ? state.granted : grantedInForce(state, this.#deps.clock.now());
    const detail = { ...override, from: state.granted, to: granted };
    this.#audit('override-ended', migration.id, override.reason, detail);
    this.change(migration, { granted, detail: { override: undefined } });
    this.#deps.log.warn({ migration: migration.id, effective, ...detail }, 'override is over');
  }

  #audit(action: string, migration: string, reason: string, detail: Record<string, unknown>): void {
    this.#deps.audit({ at: this.nowIso(), actor: FICUS, action, migration, reason, detail });
  }
}
