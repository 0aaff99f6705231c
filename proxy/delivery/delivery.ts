import { wilsonLowerBound } from '../evidence/wilson.ts';
import { serveFlag } from '../flags/flag-names.ts';
import type { FlagSource } from '../flags/flag-source.ts';
import { askedShare, isForSomeUsers, shareProblem } from '../flags/share.ts';
import type { Migration } from '../routing/model.ts';
import { stepAfter } from './allowed-share.ts';
import { type Latch, latchedGate, latchSentence } from './guard/latch.ts';
import { clearLatch, type MoveParts, takeBack } from './guard/latch-moves.ts';
import type { Actor, Delivery, GateAnswer, MigrationStatus, MoveResult, Phase } from './model.ts';
import { begunOverride, type OverrideOrder, overrideProblem, toldOverride } from './override.ts';
import { Reconciler, type ReconcilerDeps } from './reconciler.ts';
import { standingOf } from './standing.ts';
import type { TrafficHistory } from './traffic-history.ts';

/** Counted pairs of a migration under its present builds and rules. */
export interface PairTotals {
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
}

export interface DeliveryDeps extends ReconcilerDeps {
  readonly flags: FlagSource;
  readonly pairs: (migration: Migration) => PairTotals;
  readonly traffic: TrafficHistory;
}

/** How long a flip made through the flag server may take to be seen here. */
const FLAG_SEEN_WITHIN_MS = 3000;

/** Moves migrations: flags ask, the gate's answer caps, and every move leaves an audit entry. */
export class MigrationDelivery implements Delivery {
  readonly #deps: DeliveryDeps;
  readonly #reconciler: Reconciler;
  readonly #parts: MoveParts;
  /** Moves whose flag is being written. */
  #asking = 0;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#reconciler = new Reconciler(deps);
    this.#parts = {
      deps,
      reconciler: this.#reconciler,
      ask: (migration, percent, ...who) => this.#ask(migration, 'serve', percent, ...who),
      audit: (...entry) => this.#audit(...entry),
    };
    // What follows from a move of ours is settled, and audited, after it.
    deps.flags.onChange(() => this.#asking === 0 && this.reconcile());
  }

  /** Percent allowed to the service, by migration: what workers cap with. */
  caps(): Record<string, number> {
    const now = this.#reconciler.nowIso();
    return Object.fromEntries(
      this.#deps.migrations().map(({ id }) => [id, this.#deps.states.get(id, now).granted]),
    );
  }

  /** Holds every migration's granted share against what is asked and what the gate says now. */
  reconcile(): void {
    this.#reconciler.reconcile();
  }

  list(): MigrationStatus[] {
    return this.#deps.migrations().map((migration) => this.#statusOf(migration));
  }

  status(id: string): MigrationStatus | undefined {
    const migration = this.#find(id);
    return migration && this.#statusOf(migration);
  }

  gate(id: string): GateAnswer | undefined {
    const migration = this.#find(id);
    if (!migration) return undefined;
    const { gate, allowance, asked, effective, state, latch } = standingOf(this.#deps, migration);
    const next = effective < 100 ? stepAfter(migration.canary, effective) : undefined;
    return {
      ...(latch ? latchedGate(gate, latch) : gate),
      allowed: allowance.allowed,
      ...(next === undefined ? {} : { nextStep: next }),
      asked,
      missing: allowance.holds,
      ...toldOverride(state, this.#deps.clock.now()),
    };
  }

  async shadow(id: string, sharePercent: number, actor: Actor, reason: string): Promise<MoveResult> {
    const migration = this.#find(id);
    if (!migration) return unknown(id);
    const problem = shareProblem(sharePercent);
    if (problem !== undefined) return refused('invalid', [problem]);
    const failed = await this.#ask(migration, 'shadow', sharePercent, actor, reason);
    if (failed !== undefined) return refused('flags_unavailable', [failed]);
    this.#audit(actor, 'shadow', id, reason, { share: sharePercent });
    return this.#done(
      migration,
      `${id}: ${sharePercent} % of its requests are copied to ${migration.service}.`,
    );
  }

  async promote(
    id: string,
    toPercent: number | undefined,
    actor: Actor,
    reason: string,
    override?: OverrideOrder,
  ): Promise<MoveResult> {
    const migration = this.#find(id);
    if (!migration) return unknown(id);
    const killed = this.#deps.killed?.();
    if (killed !== undefined) return refused('gate_refused', [killed]);
    const { allowance, effective, state, latch } = standingOf(this.#deps, migration, { held: false });
    if (latch) return refused('latched', [latchSentence(id, latch)]);
    const problem = toPercent === undefined ? undefined : shareProblem(toPercent);
    if (problem !== undefined) return refused('invalid', [problem]);
    if (isForSomeUsers(this.#deps.flags.current(), serveFlag(id))) {
      const why = `The flag ${serveFlag(id)} is for some users only (constraints, segments or a list); promote would overwrite that.`;
      return refused('not_next_step', [`${why} Change it where it was made.`]);
    }
    if (effective >= 100) return refused('not_next_step', [`${id} is at 100 % already.`]);
    const target = toPercent ?? stepAfter(migration.canary, effective);
    if (target <= effective) {
      const back = `To go back: ficus rollback ${id} --reason …`;
      return refused('not_next_step', [`${id} is at ${effective} % already; promote goes forward. ${back}`]);
    }
    const isBeyond = target > Math.max(allowance.allowed, state.granted);
    const noOverride = override && isBeyond && overrideProblem(override, state, reason);
    if (noOverride !== undefined && noOverride !== false) {
      this.#audit(actor, 'refused', id, reason, { action: 'override', to: target, reasons: [noOverride] });
      return refused('gate_refused', [noOverride]);
    }
    if (isBeyond && !override) {
      const next = `The next step of ${id} is ${allowance.allowed} %, not ${target} %.`;
      const reasons = allowance.holds.length > 0 ? allowance.holds : [next];
      this.#audit(actor, 'refused', id, reason, { action: 'promote', to: target, reasons });
      return refused('gate_refused', reasons);
    }
    const failed = await this.#ask(migration, 'serve', target, actor, reason);
    if (failed !== undefined) return refused('flags_unavailable', [failed]);
    const done = `${id}: ${migration.service} is asked to serve ${target} % of its users.`;
    if (isBeyond && override) {
      const nowMs = this.#deps.clock.now();
      const begun = begunOverride({ share: target, order: override, state, actor, reason, nowMs });
      this.#reconciler.change(migration, { held: false, detail: { override: begun } });
      const detail = { from: effective, to: target, until: begun.until, reasons: allowance.holds };
      this.#audit(actor, 'override', id, reason, detail);
      this.#deps.log.warn({ migration: id, actor: actor.name, reason, ...detail }, 'the gate is overridden');
    } else {
      this.#reconciler.change(migration, { held: false });
      this.#audit(actor, 'promote', id, reason, { from: effective, to: target });
    }
    await this.#untilAsked(migration, target);
    const needless =
      override && !isBeyond ? ['The gate allows that: no override was needed, and none is in force.'] : [];
    const result = this.#done(migration, done);
    return result.done ? { ...result, warnings: [...needless, ...result.warnings] } : result;
  }

  /** The cap falls first: it needs nothing but this process. The flag follows when it can be written. */
  async rollback(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    const migration = this.#find(id);
    if (!migration) return unknown(id);
    const { asked, effective } = standingOf(this.#deps, migration);
    this.#reconciler.change(migration, { granted: 0, held: true });
    this.#deps.onCapsChanged();
    this.#audit(actor, 'rollback', id, reason, { from: effective });
    const problem = asked > 0 ? await this.#ask(migration, 'serve', 0, actor, reason) : undefined;
    const warnings =
      problem === undefined
        ? []
        : [problem, `The flag still asks for ${asked} %; the cap holds it at 0 % until the next promote.`];
    return this.#done(migration, `${id}: the monolith answers everybody.`, warnings);
  }

  /** Without effect on what is latched already; `heard` from another replica, which has told the others. */
  async guardTripped(id: string, latch: Latch, heard = false): Promise<boolean> {
    const migration = this.#find(id);
    return migration !== undefined && (await takeBack(this.#parts, migration, latch, heard));
  }

  async clearGuard(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    const migration = this.#find(id);
    if (!migration) return unknown(id);
    if (!clearLatch(this.#parts, migration, actor, reason))
      return refused('invalid', [`The guard has not taken ${id} back: there is nothing to clear.`]);
    return this.#done(migration, `${id}: cleared; the monolith answers everybody until the next promote.`);
  }

  #find(id: string): Migration | undefined {
    return this.#deps.migrations().find((migration) => migration.id === id);
  }

  /** Sets a flag; returns why it could not be set. */
  async #ask(
    migration: Migration,
    which: 'serve' | 'shadow',
    percent: number,
    actor: Actor,
    reason: string,
  ): Promise<string | undefined> {
    this.#asking++;
    try {
      await this.#deps.flags.setShare({
        migrationId: migration.id,
        which,
        percent,
        reason,
        actor: actor.name,
      });
      return undefined;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#deps.log.error({ err: error, migration: migration.id, which, percent }, 'flag not written');
      return `The flag ${migration.id}.${which} could not be set: ${text}`;
    } finally {
      this.#asking--;
    }
  }

  /** A flag server's new value comes back with its next poll; a file's at once. */
  async #untilAsked(migration: Migration, percent: number): Promise<void> {
    const asked = () => askedShare(this.#deps.flags.current(), serveFlag(migration.id)).percent;
    const until = this.#deps.clock.monotonic() + FLAG_SEEN_WITHIN_MS;
    while (asked() !== percent && this.#deps.clock.monotonic() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #done(migration: Migration, text: string, warnings: readonly string[] = []): MoveResult {
    this.reconcile();
    const status = this.#statusOf(migration);
    const { asked, effective } = status.share;
    // After a failed flip the first warnings say it already.
    const limited =
      effective < asked && warnings.length === 0
        ? [`Asked for ${asked} %, in force ${effective} %: ${status.holds.join(' ')}`]
        : [];
    return { done: true, status, text, warnings: [...warnings, ...limited] };
  }

  #statusOf(migration: Migration): MigrationStatus {
    const { asked, effective, shadowShare, gate, state, allowance, latch, notes } = standingOf(
      this.#deps,
      migration,
    );
    const pairs = this.#deps.pairs(migration);
    const total = pairs.agreed + pairs.differed + pairs.incomparable;
    return {
      id: migration.id,
      service: migration.service,
      ...(migration.owner === undefined ? {} : { owner: migration.owner }),
      phase: state.phase as Phase,
      since: state.phaseSince,
      share: { asked, allowed: allowance.allowed, effective },
      shadowShare,
      pairs: {
        ...pairs,
        ...(total === 0 ? {} : { agreementAtLeast: wilsonLowerBound(pairs.agreed, total) }),
      },
      builds: { monolith: gate.key.monolithBuild, service: gate.key.serviceBuild },
      traffic: this.#deps.traffic.read(migration.id),
      gate: gate.state,
      ...(latch ? { latch } : {}),
      holds: [...allowance.holds, ...notes],
      ...toldOverride(state, this.#deps.clock.now()),
      revision: state.revision,
    };
  }

  #audit(
    actor: Actor,
    action: string,
    migration: string,
    reason: string,
    detail: Record<string, unknown>,
  ): void {
    this.#deps.audit({ at: this.#reconciler.nowIso(), actor: actor.name, action, migration, reason, detail });
  }
}

function refused(
  code: 'latched' | 'gate_refused' | 'not_next_step' | 'flags_unavailable' | 'invalid',
  reasons: readonly string[],
): MoveResult {
  return { done: false, code, reasons };
}

function unknown(id: string): MoveResult {
  return refused('invalid', [`There is no migration "${id}".`]);
}
