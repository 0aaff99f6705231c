import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { AuditRow } from '../store/model.ts';
import type { ClaimHolder, ClaimResult, MoveClaimStore } from '../store/move-claims.ts';
import type { MigrationStatus } from './model.ts';

/** A forward move that may be made now. */
export interface HeldClaim {
  /** Told when the move is over: one that was not made may be made by the next. */
  settle(done: boolean): Promise<void>;
}

export type MoveClaimed = HeldClaim | { readonly conflict: readonly string[] };

export interface MoveRevisionsDeps {
  readonly status: (migration: string) => MigrationStatus | undefined;
  readonly store: MoveClaimStore & { available(): boolean };
  /** Newest first. */
  readonly audit: (page: {
    readonly migration: string;
    readonly limit: number;
  }) => Promise<readonly AuditRow[]>;
  /** Another replica has a newer state: resolves once it was read. Never rejects. */
  readonly onBehind: () => Promise<void>;
  /** A forward move was made while the migration was taken back: it must be taken back once more. */
  readonly onOvertaken: (migration: string) => Promise<void>;
  readonly nowIso: () => string;
  readonly log: Logger;
}

/** Longer than this nobody waits to be told why: then it goes by what this process knows. */
const STORE_WAIT_MS = 1_500;
const TOLD_CHANGES = 5;

/**
 * Of two forward moves from one revision one is made: here, and over all replicas while Postgres is there.
 * Moves back do not come by here: they always win.
 */
export class MoveRevisions {
  readonly #deps: MoveRevisionsDeps;
  /** Moves under way in this process. */
  readonly #underWay = new Map<string, ClaimHolder & { isOvertaken: boolean }>();

  constructor(deps: MoveRevisionsDeps) {
    this.#deps = deps;
  }

  /** `expected`: the revision that was seen; undefined takes whatever stands. */
  async claim(
    order: { readonly migration: string; readonly move: string; readonly actor: string },
    expected: number | undefined,
  ): Promise<MoveClaimed> {
    const { migration, move, actor } = order;
    const isBehind = expected !== undefined && expected > this.#revision(migration);
    if (isBehind) await this.#catchUp();
    const present = this.#revision(migration);
    const revision = expected ?? present;
    if (revision !== present) return { conflict: await this.#whatChanged(migration, revision, present) };
    const holder = this.#underWay.get(migration);
    if (holder) return { conflict: [underWay(holder)] };
    const own = { actor, move, at: this.#deps.nowIso(), isOvertaken: false };
    this.#underWay.set(migration, own);
    const claimId = randomUUID();
    const stored = await this.#claimInStore({ migration, revision, claimId, actor, move });
    if (stored?.held === false) {
      this.#underWay.delete(migration);
      await this.#catchUp();
      // Whoever takes whatever stands means what stands by now.
      if (expected === undefined && !stored.holder && this.#revision(migration) > present)
        return this.claim(order, this.#revision(migration));
      const changes =
        stored.revision === undefined ? [] : await this.#whatChanged(migration, revision, stored.revision);
      const first = stored.holder && changes.length < 2 ? [underWay(stored.holder)] : [];
      return { conflict: [...changes, ...first] };
    }
    return {
      settle: async (done) => {
        this.#underWay.delete(migration);
        // Copies serve nobody.
        if (
          done &&
          move !== 'shadow' &&
          (own.isOvertaken || (stored && !(await this.#isHeld(migration, claimId))))
        )
          return this.#deps.onOvertaken(migration);
        const after = this.#revision(migration);
        // A move that left the revision as it was stands in nobody's way.
        if (stored && (!done || after === revision)) await this.#release(migration, claimId);
      },
    };
  }

  /**
   * The migration was taken back, by whomever: a forward move that is under way, here or on another replica,
   * must not be what stands in the end.
   */
  takenBack(migration: string): void {
    const own = this.#underWay.get(migration);
    if (own) own.isOvertaken = true;
    const { store, log } = this.#deps;
    if (!store.available()) return;
    store
      .takeBack(migration)
      .catch((error: unknown) => log.warn({ err: error, migration }, 'a move elsewhere is not overtaken'));
  }

  #revision(migration: string): number {
    return this.#deps.status(migration)?.revision ?? 0;
  }

  /** For no longer than anybody waits. */
  async #catchUp(): Promise<void> {
    await withinTime(this.#deps.onBehind()).catch(() => {});
  }

  async #isHeld(migration: string, claimId: string): Promise<boolean> {
    try {
      return await withinTime(this.#deps.store.isHeld({ migration, claimId }));
    } catch {
      return true;
    }
  }

  async #claimInStore(claim: Parameters<MoveClaimStore['claim']>[0]): Promise<ClaimResult | undefined> {
    const { store, log } = this.#deps;
    if (!store.available()) return undefined;
    try {
      return await withinTime(store.claim(claim));
    } catch (error) {
      log.warn({ err: error, migration: claim.migration }, 'a move is not claimed in Postgres');
      return undefined;
    }
  }

  async #release(migration: string, claimId: string): Promise<void> {
    try {
      await this.#deps.store.release({ migration, claimId });
    } catch (error) {
      this.#deps.log.warn(
        { err: error, migration },
        'the claim of a move is not given back; it ends by itself',
      );
    }
  }

  /** One sentence each: how far it is, and who did what since. */
  async #whatChanged(migration: string, from: number, to: number): Promise<string[]> {
    const head =
      from > to
        ? `${migration} is at revision ${to}; there is no ${from} yet.`
        : `${migration} is at revision ${to} by now, not ${from}.`;
    const rows = await withinTime(this.#deps.audit({ migration, limit: 50 })).catch(() => undefined);
    if (rows === undefined) return [head, 'The audit can not be read now; it will have who changed it.'];
    const since = rows.filter((row) => isChange(row) && revisionOf(row) > from).slice(0, TOLD_CHANGES);
    return [head, ...since.toReversed().map(sentence)];
  }
}

function underWay({ actor, move, at }: ClaimHolder): string {
  return `${actor} was first: ${move}, from the same revision, at ${at}.`;
}

const isChange = ({ action }: AuditRow): boolean => action !== 'refused' && action !== 'verify';

/** As `withStanding` has it; 0 in rows without. */
function revisionOf({ detail }: AuditRow): number {
  const evidence = detail['evidence'];
  if (typeof evidence !== 'object' || evidence === null || !('revision' in evidence)) return 0;
  return Number(evidence.revision);
}

function sentence({ at, actor, action, reason }: AuditRow): string {
  return `${actor}: ${action} at ${at}${reason === '' ? '' : ` (${reason})`}.`;
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${STORE_WAIT_MS} ms`)), STORE_WAIT_MS);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
