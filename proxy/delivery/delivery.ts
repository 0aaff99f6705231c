import { shareProblem } from '../flags/share.ts';
import type { Migration } from '../routing/model.ts';
import type { Latch } from './guard/latch.ts';
import { clearLatch, takeBack } from './guard/latch-moves.ts';
import type { Actor, Delivery, GateAnswer, MigrationStatus, MoveResult } from './model.ts';
import { type MoveDeps, MoveKit, refused, unknown } from './moves/move-kit.ts';
import { promote } from './moves/promote.ts';
import { abort, approve, pause, resume } from './moves/ramp-moves.ts';
import { retire } from './moves/retire.ts';
import { rollback } from './moves/rollback.ts';
import type { OverrideOrder } from './override.ts';
import { BY_FLAG, raisedBy, readRampDetail } from './ramp/detail.ts';
import { gateOf, statusOf } from './status-of.ts';

export type { PairTotals } from './status-of.ts';
export type DeliveryDeps = MoveDeps;

/** Moves migrations: flags ask, the gate's answer caps, and every move leaves an audit entry. */
export class MigrationDelivery implements Delivery {
  readonly #deps: DeliveryDeps;
  readonly #kit: MoveKit;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#kit = new MoveKit(deps);
  }

  /** Percent allowed to the service, by migration: what workers cap with. */
  caps(): Record<string, number> {
    const now = this.#kit.reconciler.nowIso();
    return Object.fromEntries(
      this.#deps.migrations().map(({ id }) => [id, this.#deps.states.get(id, now).granted]),
    );
  }

  /** Holds every migration's granted share against what is asked and what the gate says now. */
  reconcile(): void {
    this.#kit.reconciler.reconcile();
  }

  list(): MigrationStatus[] {
    return this.#deps.migrations().map((migration) => statusOf(this.#deps, migration));
  }

  status(id: string): MigrationStatus | undefined {
    const migration = this.#find(id);
    return migration && statusOf(this.#deps, migration);
  }

  gate(id: string): GateAnswer | undefined {
    const migration = this.#find(id);
    return migration && gateOf(this.#deps, migration);
  }

  async shadow(id: string, sharePercent: number, actor: Actor, reason: string): Promise<MoveResult> {
    const migration = this.#find(id);
    if (!migration) return unknown(id);
    const problem = shareProblem(sharePercent);
    if (problem !== undefined) return refused('invalid', [problem]);
    const failed = await this.#kit.ask(migration, 'shadow', sharePercent, actor, reason);
    if (failed !== undefined) return refused('flags_unavailable', [failed]);
    // A revision of its own, also where the phase stays: whoever decided on the one before is told.
    this.#kit.reconciler.change(migration, {});
    this.#kit.audit(actor, 'shadow', id, reason, { share: sharePercent });
    return this.#kit.done(
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
    return promote(this.#kit, id, toPercent, actor, reason, override);
  }

  async rollback(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    return rollback(this.#kit, id, actor, reason);
  }

  /** Without effect on what is latched already; `heard` from another replica, which has told the others. */
  async guardTripped(id: string, latch: Latch, heard = false): Promise<boolean> {
    const migration = this.#find(id);
    return migration !== undefined && (await takeBack(this.#kit, migration, latch, heard));
  }

  /** Who raised a flag elsewhere is known now: the ramp that it led to is theirs. */
  flagRaised(id: string, authors: string): void {
    const migration = this.#find(id);
    if (!migration) return;
    const { ramp } = readRampDetail(this.#deps.states.get(id, this.#kit.reconciler.nowIso()).detail);
    if (ramp?.by !== BY_FLAG) return;
    this.#kit.reconciler.change(migration, { detail: { ramp: { ...ramp, by: raisedBy(authors) } } });
  }

  async clearGuard(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    const migration = this.#find(id);
    if (!migration) return unknown(id);
    if (!clearLatch(this.#kit, migration, actor, reason))
      return refused('invalid', [`The guard has not taken ${id} back: there is nothing to clear.`]);
    const text = `${id}: cleared; the monolith answers everybody until the next promote.`;
    return this.#kit.done(migration, text);
  }

  async pause(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    return pause(this.#kit, id, actor, reason);
  }

  async resume(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    return resume(this.#kit, id, actor, reason);
  }

  async abort(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    return abort(this.#kit, id, actor, reason);
  }

  async approve(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    return approve(this.#kit, id, actor, reason);
  }

  async retire(id: string, actor: Actor, reason: string): Promise<MoveResult> {
    return retire(this.#kit, id, actor, reason);
  }

  #find(id: string): Migration | undefined {
    return this.#kit.find(id);
  }
}
