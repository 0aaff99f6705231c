import { flagOf, serveFlag } from '../../flags/flag-names.ts';
import { FlagChanged, type FlagSource } from '../../flags/flag-source.ts';
import { askedShare, type Which } from '../../flags/share.ts';
import type { Migration } from '../../routing/model.ts';
import type { DayRow } from '../daily-counts.ts';
import type { Actor, MoveDetails, MoveRefusal, MoveResult } from '../model.ts';
import { readRampDetail } from '../ramp/detail.ts';
import { Reconciler, type ReconcilerDeps } from '../reconciler.ts';
import { type StatusDeps, statusOf } from '../status-of.ts';

export interface MoveDeps extends ReconcilerDeps, StatusDeps {
  readonly flags: FlagSource;
  /** The days that were counted, today and so many before it. Rejects while Postgres is away. Absent: none was. */
  readonly countedDays?: (migration: string, days: number) => Promise<readonly DayRow[]>;
}

/** How often a flag that another replica has moved meanwhile is looked at again. */
const LOOKS = 2;
/** How long a flip made through the flag server may take to be seen here. */
const FLAG_SEEN_WITHIN_MS = 3000;

/** What every move is made of: finding the migration, setting its flag, the audit, the answer. */
export class MoveKit {
  readonly deps: MoveDeps;
  readonly reconciler: Reconciler;
  /** Moves whose flag is being written. */
  #asking = 0;

  constructor(deps: MoveDeps) {
    this.deps = deps;
    this.reconciler = new Reconciler(deps);
    // What follows from a move of ours is settled, and audited, after it.
    deps.flags.onChange(() => this.#asking === 0 && this.reconciler.reconcile());
  }

  find(id: string): Migration | undefined {
    return this.deps.migrations().find((migration) => migration.id === id);
  }

  /** Sets a flag; returns why it could not be set. */
  async ask(
    migration: Migration,
    which: Which,
    percent: number,
    actor: Actor,
    reason: string,
  ): Promise<string | undefined> {
    const { flags, log } = this.deps;
    this.#asking++;
    try {
      for (let looks = 0; ; looks++) {
        const seen = askedShare(flags.current(), flagOf(migration.id, which)).percent;
        try {
          await flags.setShare({ migrationId: migration.id, which, percent, reason, actor: actor.name });
          return undefined;
        } catch (error) {
          if (error instanceof FlagChanged && looks < LOOKS && (await this.#isOurs(migration, which, seen)))
            continue;
          const text = error instanceof Error ? error.message : String(error);
          log.error({ err: error, migration: migration.id, which, percent }, 'flag not written');
          return `The flag ${migration.id}.${which} could not be set: ${text}`;
        }
      }
    } finally {
      this.#asking--;
    }
  }

  /** What other replicas have decided, as far as Postgres has it and answers. */
  async seeOthers(): Promise<void> {
    const { states, onCapsChanged, log } = this.deps;
    try {
      if (await states.syncWithStore()) onCapsChanged();
    } catch (error) {
      log.info({ err: error }, 'what other replicas decided is not known');
    }
  }

  /**
   * The flag is not as it was seen: looks again, and says whether what it asks for now is what another replica has
   * asked it for. What somebody did in the flag server is not ours to write over.
   */
  async #isOurs(migration: Migration, which: Which, seen: number): Promise<boolean> {
    const { flags, clock, states } = this.deps;
    const asked = () => askedShare(flags.current(), flagOf(migration.id, which)).percent;
    const until = clock.monotonic() + FLAG_SEEN_WITHIN_MS;
    while (asked() === seen && clock.monotonic() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await this.seeOthers();
    const { held, detail } = states.get(migration.id, this.reconciler.nowIso());
    if (which === 'shadow' || asked() === seen) return false;
    return (held && asked() === 0) || readRampDetail(detail).ramp?.to === asked();
  }

  /** A flag server's new value comes back with its next poll; a file's at once. Whether it did. */
  async untilAsked(migration: Migration, percent: number): Promise<boolean> {
    const { flags, clock } = this.deps;
    const isSeen = () => askedShare(flags.current(), serveFlag(migration.id)).percent === percent;
    const until = clock.monotonic() + FLAG_SEEN_WITHIN_MS;
    while (!isSeen() && clock.monotonic() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    return isSeen();
  }

  /** What another replica grants comes back with its state, and a webhook may answer soon: waits for that, only. */
  async untilGranted(migration: Migration, before: number): Promise<void> {
    const { states, clock, lead } = this.deps;
    this.reconciler.reconcile();
    const until = clock.monotonic() + FLAG_SEEN_WITHIN_MS;
    const isAsked = (migration.canary.webhooks?.before ?? []).length > 0;
    const isWaiting = () => {
      const { granted, detail } = states.get(migration.id, this.reconciler.nowIso());
      const hasNoAnswer = isAsked && detail['webhook'] === undefined;
      return granted <= before && (lead?.() === 'elsewhere' || hasNoAnswer);
    };
    while (isWaiting() && clock.monotonic() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  done(
    migration: Migration,
    text: string,
    warnings: readonly string[] = [],
    details: MoveDetails = {},
  ): MoveResult {
    this.reconciler.reconcile();
    const status = statusOf(this.deps, migration);
    const { asked, effective } = status.share;
    const known = status.ramp?.waitsFor ?? status.holds;
    const why = known.length > 0 ? known : [this.#whoTakesIt()];
    // After a failed flip the first warnings say it already.
    const limited =
      effective < asked && warnings.length === 0
        ? [`Asked for ${asked} %, in force ${effective} %: ${why.join(' ')}`]
        : [];
    return { done: true, status, text, warnings: [...warnings, ...limited], ...details };
  }

  #whoTakesIt(): string {
    const elsewhere = this.deps.lead?.() === 'elsewhere';
    return elsewhere ? 'another replica takes the step, within seconds.' : 'the step is about to be taken.';
  }

  audit(
    actor: Actor,
    action: string,
    migration: string,
    reason: string,
    detail: Record<string, unknown>,
  ): void {
    const at = this.reconciler.nowIso();
    this.deps.audit({ at, actor: actor.name, action, migration, reason, detail });
  }
}

export function refused(code: MoveRefusal, reasons: readonly string[]): MoveResult {
  return { done: false, code, reasons };
}

export function unknown(id: string): MoveResult {
  return refused('invalid', [`There is no migration "${id}".`]);
}
