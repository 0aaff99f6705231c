import type { Migration } from '../routing/model.ts';
import type { KeptVerdict, SignatureRow, VerdictRow } from '../store/model.ts';
import type { Store } from '../store/open-store.ts';
import type { SignatureHour } from '../store/signature-hours.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { EvidenceCounter } from './evidence-counter.ts';
import { type JudgedSignature, judgeSignatures, noiseContradiction } from './judge.ts';
import { type ListedSignature, listSignatures } from './list-signatures.ts';
import type { EvidenceKey } from './model.ts';
import { type StandingVerdict, standingVerdicts } from './standing-verdicts.ts';
import type { VerdictKeeper } from './verdict-keeper.ts';
import { type VerdictOrder, verdictProblem } from './verdict-order.ts';
import { conflictTexts, type UndoneVerdict, type UndoOrder } from './verdict-undo.ts';

export interface JudgingDeps {
  readonly migrations: () => readonly Migration[];
  readonly keyOf: (migration: Migration) => EvidenceKey;
  readonly counter: EvidenceCounter;
  readonly verdicts: VerdictKeeper;
  readonly store: Pick<Store, 'signatures' | 'signatureHours' | 'verdicts'>;
  readonly clock: Clock;
}

/** Signatures as QA reads them, and what QA decides on them. */
export class Judging {
  readonly #deps: JudgingDeps;

  constructor(deps: JudgingDeps) {
    this.#deps = deps;
  }

  /** What is counted under the present builds and rules, and where it stands. Without a query. */
  of(migration: Migration): JudgedSignature[] {
    const counts = this.#deps.counter.counts(this.#deps.keyOf(migration));
    return judgeSignatures(counts, {
      verdicts: this.#deps.verdicts.of(migration.id),
      nowMs: this.#deps.clock.now(),
    });
  }

  /** The same, of a migration by its id; none of one that there is not. */
  shown(migrationId: string): JudgedSignature[] {
    const migration = this.#find(migrationId);
    return migration ? this.of(migration) : [];
  }

  /**
   * Of the present builds and rules with where each stands, those that hold the gate first; or of another build of
   * the service. From the store, which is given what is counted here first.
   */
  async list(migrationId: string, build?: string): Promise<readonly ListedSignature[]> {
    const migration = this.#find(migrationId);
    if (!migration) return [];
    await this.#deps.counter.synchronise();
    const key = this.#deps.keyOf(migration);
    const isOther = build !== undefined && build !== key.serviceBuild;
    const counts = this.#deps.counter.counts(key);
    return listSignatures({
      rows: await this.#deps.store.signatures.listSignatures(
        isOther ? { migration: migrationId, serviceBuild: build } : key,
      ),
      seenBefore: isOther ? [] : await this.#deps.store.signatures.seenUnderOtherBuilds(key, this.#nowIso()),
      judged: isOther ? [] : this.of(migration),
      verdicts: this.#deps.verdicts.of(migrationId),
      recent: isOther ? undefined : counts.recent,
      nowMs: this.#deps.clock.now(),
    });
  }

  /** All that was decided on a signature, newest first. */
  verdicts(migrationId: string, signature: string): Promise<readonly KeptVerdict[]> {
    return this.#deps.store.verdicts.history(migrationId, signature);
  }

  /** What holds for signatures of the migration, from memory; rejects until the verdicts were read once. */
  async standing({ id }: Pick<Migration, 'id'>): Promise<readonly StandingVerdict[]> {
    const migration = this.#find(id);
    if (!migration) return [];
    // None would be taken for "nothing was decided".
    if (!this.#deps.verdicts.isLoaded()) throw new Error('verdicts were not read yet');
    const verdicts = this.#deps.verdicts.of(id);
    return standingVerdicts(id, this.of(migration), verdicts, this.#deps.clock.now());
  }

  /** Which migration of now shows it, or showed it under other builds. */
  async migrationOf(signature: string): Promise<string | undefined> {
    const isHere = (migration: Migration) =>
      this.of(migration).some((one) => one.signature === signature) ||
      this.#deps.verdicts.of(migration.id).has(signature);
    const here = this.#deps.migrations().find(isHere);
    if (here) return here.id;
    await this.#deps.counter.synchronise();
    return this.#deps.store.signatures.migrationOf(signature);
  }

  /** By hours, oldest first, from an ISO time on, whatever builds and rules it was seen under. */
  async hours(
    migrationId: string,
    { signature, route }: Pick<SignatureRow, 'signature' | 'route'>,
    since: string,
  ): Promise<readonly SignatureHour[]> {
    await this.#deps.counter.synchronise();
    return this.#deps.store.signatureHours.of(migrationId, signature, route, since);
  }

  /**
   * Stores what somebody decided, all of it or nothing; the gate goes by it at once. Rejects while Postgres is away.
   * Texts say why it was not taken, one for each signature that is against it.
   */
  async judge(
    migrationId: string,
    orders: readonly VerdictOrder[],
  ): Promise<readonly KeptVerdict[] | { readonly problems: readonly string[] }> {
    const migration = this.#find(migrationId);
    if (!migration) return { problems: [`There is no migration "${migrationId}".`] };
    const judged = new Map(this.of(migration).map((one) => [one.signature, one]));
    const isUnknown = ({ signature }: VerdictOrder) => !(judged.get(signature)?.pairs ?? 0);
    const elsewhere = orders.some(isUnknown) ? await this.#seenUnderOthers(migrationId) : undefined;
    const rows: VerdictRow[] = [];
    const problems = new Set<string>();
    for (const order of orders) {
      const about = isUnknown(order) ? elsewhere?.get(order.signature) : judged.get(order.signature);
      const row = about && this.#decide(migration, order, about);
      if (row === undefined)
        problems.add(`Nothing has shown the signature "${order.signature}" of ${migrationId}.`);
      else if (typeof row === 'string') problems.add(row);
      else rows.push(row);
    }
    return problems.size > 0 ? { problems: [...problems] } : this.#deps.verdicts.add(rows);
  }

  /** Takes back the verdicts that hold, all of them or none. Rejects while Postgres is away; texts say why it was not done. */
  async undo(
    migrationId: string,
    order: UndoOrder,
  ): Promise<readonly UndoneVerdict[] | { readonly problems: readonly string[] }> {
    const done = await this.#deps.verdicts.undo({ ...order, migration: migrationId, at: this.#nowIso() });
    return 'conflicts' in done ? { problems: conflictTexts(done.conflicts) } : done;
  }

  /** A text says why not. */
  #decide(
    migration: Migration,
    order: VerdictOrder,
    about: JudgedSignature | SignatureRow,
  ): VerdictRow | string {
    const problem = verdictProblem(order, this.#deps.clock.now());
    if (problem !== undefined) return problem;
    const { signature, verdict } = order;
    const contradiction = verdict === 'noise' && 'state' in about ? noiseContradiction(about) : undefined;
    if (contradiction !== undefined)
      return `${signature} is no noise: ${contradiction}. Judge it as expected or as a bug.`;
    const { route, place, kind, pairs, routePairs } = about;
    const key = this.#deps.keyOf(migration);
    return {
      ...key,
      serviceBuild: 'serviceBuild' in about ? about.serviceBuild : key.serviceBuild,
      ...order,
      owner: order.owner ?? migration.owner ?? order.actor,
      route,
      place,
      kind,
      pairs,
      routePairs,
      at: this.#nowIso(),
    };
  }

  /** What other builds or rules have shown. */
  async #seenUnderOthers(migration: string): Promise<Map<string, SignatureRow>> {
    const rows = await this.#deps.store.signatures.listSignatures({ migration });
    return new Map(rows.map((row) => [row.signature, row]));
  }

  #find(migrationId: string): Migration | undefined {
    return this.#deps.migrations().find(({ id }) => id === migrationId);
  }

  #nowIso(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}
