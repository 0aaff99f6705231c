import type { Migration } from '../routing/model.ts';
import type { SignatureRow, VerdictRow } from '../store/model.ts';
import type { Store } from '../store/open-store.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { EvidenceCounter } from './evidence-counter.ts';
import { type JudgedSignature, judgeSignatures, noiseContradiction } from './judge.ts';
import { type ListedSignature, listSignatures } from './list-signatures.ts';
import type { EvidenceKey } from './model.ts';
import { type StandingVerdict, standingVerdicts } from './standing-verdicts.ts';
import type { VerdictKeeper } from './verdict-keeper.ts';
import { type VerdictOrder, verdictProblem } from './verdict-order.ts';

export interface JudgingDeps {
  readonly migrations: () => readonly Migration[];
  readonly keyOf: (migration: Migration) => EvidenceKey;
  readonly counter: EvidenceCounter;
  readonly verdicts: VerdictKeeper;
  readonly store: Pick<Store, 'signatures' | 'verdicts'>;
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
  verdicts(migrationId: string, signature: string): Promise<readonly VerdictRow[]> {
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

  /**
   * Stores what somebody decided; the gate goes by it at once. Rejects while Postgres is away. A text says why it
   * was not taken.
   */
  async judge(migrationId: string, order: VerdictOrder): Promise<VerdictRow | string> {
    const migration = this.#find(migrationId);
    if (!migration) return `There is no migration "${migrationId}".`;
    const nowMs = this.#deps.clock.now();
    const problem = verdictProblem(order, nowMs);
    if (problem !== undefined) return problem;
    const { signature, verdict } = order;
    const judged = this.of(migration).find((one) => one.signature === signature && one.pairs > 0);
    const about = judged ?? (await this.#seenUnderOthers(migrationId, signature));
    if (!about) return `Nothing has shown the signature "${signature}" of ${migrationId}.`;
    const contradiction = verdict === 'noise' && judged ? noiseContradiction(judged) : undefined;
    if (contradiction !== undefined)
      return `${signature} is no noise: ${contradiction}. Judge it as expected or as a bug.`;
    const { route, place, kind, pairs, routePairs } = about;
    const key = this.#deps.keyOf(migration);
    return this.#deps.verdicts.add({
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
    });
  }

  /** What other builds or rules have shown. */
  async #seenUnderOthers(migration: string, signature: string): Promise<SignatureRow | undefined> {
    const rows = await this.#deps.store.signatures.listSignatures({ migration });
    return rows.find((row) => row.signature === signature);
  }

  #find(migrationId: string): Migration | undefined {
    return this.#deps.migrations().find(({ id }) => id === migrationId);
  }

  #nowIso(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}
