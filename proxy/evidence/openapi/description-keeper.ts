import type { Logger } from 'pino';
import { type BreakingChange, breakingChanges } from '../../openapi/breaking-changes.ts';
import { readDocument } from '../../openapi/document.ts';
import type { Migration } from '../../routing/model.ts';
import type { Store } from '../../store/open-store.ts';
import type { ServiceDescription } from './description-watch.ts';

/** What a description takes away from the accepted one before it. */
export interface DescriptionChanges {
  readonly hash: string;
  /** Build with which the one before it was seen first; undefined: it is the first one. */
  readonly since: string | undefined;
  readonly breaking: readonly BreakingChange[];
}

export interface DescriptionKeeperDeps {
  readonly store: Pick<Store, 'available' | 'serviceDescriptions'>;
  readonly log: Logger;
}

/**
 * Keeps every description, and compares it with the accepted one before it. One that breaks nothing is accepted; so
 * is any one where breaking changes only warn (`gate.openapi: warn`). One that was refused never becomes what others
 * are held against: building it again does not help.
 */
export class DescriptionKeeper {
  readonly #deps: DescriptionKeeperDeps;
  readonly #changes = new Map<string, DescriptionChanges & { readonly mode: string }>();

  constructor(deps: DescriptionKeeperDeps) {
    this.#deps = deps;
  }

  /** Of the description with that hash; undefined while it is not known. */
  changesOf(migration: string, hash: string): DescriptionChanges | undefined {
    const changes = this.#changes.get(migration);
    return changes?.hash === hash ? changes : undefined;
  }

  /** Never rejects; what could not be kept is tried again the next time. */
  async keep(migration: Migration, description: ServiceDescription): Promise<void> {
    const { store, log } = this.#deps;
    const mode = migration.gate.openapi ?? 'warn';
    const known = this.changesOf(migration.id, description.hash);
    if ((known && this.#changes.get(migration.id)?.mode === mode) || !store.available()) return;
    try {
      const { since, breaking } = await this.#compare(migration.id, description);
      if (breaking.length === 0 || mode !== 'require')
        await store.serviceDescriptions.accept(migration.id, description.hash);
      this.#changes.set(migration.id, { hash: description.hash, since, breaking, mode });
      if (breaking.length > 0 && !known)
        log.warn(
          {
            migration: migration.id,
            build: description.build,
            since,
            breaking: breaking.map(({ text }) => text),
          },
          "the service's description breaks the one before it",
        );
    } catch (error) {
      log.warn({ err: error, migration: migration.id }, 'description not kept; trying again');
    }
  }

  async #compare(
    migration: string,
    { hash, build, document }: ServiceDescription,
  ): Promise<Omit<DescriptionChanges, 'hash'>> {
    const kept = this.#deps.store.serviceDescriptions;
    await kept.save(migration, { hash, build, document: JSON.stringify(document), accepted: false });
    const before = await kept.before(migration, hash);
    const earlier = before && readDocument(before.document);
    if (!earlier?.ok) return { since: undefined, breaking: [] };
    return { since: before!.build, breaking: breakingChanges(earlier.document, document) };
  }
}
