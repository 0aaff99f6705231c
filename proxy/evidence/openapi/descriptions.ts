import type { OpenApiFacts } from '../model.ts';
import { DescriptionKeeper, type DescriptionKeeperDeps } from './description-keeper.ts';
import { DescriptionWatch, type DescriptionWatchDeps } from './description-watch.ts';

/** Services' descriptions for the gate, from memory: as they are now, and what they take away from those before. */
export class Descriptions {
  readonly #migrations: DescriptionWatchDeps['migrations'];
  readonly #watch: DescriptionWatch;
  readonly #keeper: DescriptionKeeper;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor(deps: DescriptionWatchDeps & DescriptionKeeperDeps & { readonly everyMs: number }) {
    this.#migrations = deps.migrations;
    this.#watch = new DescriptionWatch(deps);
    this.#keeper = new DescriptionKeeper(deps);
    this.#timer = setInterval(() => void this.refresh(), deps.everyMs);
  }

  factsOf(migration: string): {
    readonly description: OpenApiFacts['state'];
    readonly descriptionChanges: OpenApiFacts['changes'];
  } {
    const description = this.#watch.of(migration);
    const hash = description.description?.hash;
    return {
      description,
      descriptionChanges: hash === undefined ? undefined : this.#keeper.changesOf(migration, hash),
    };
  }

  /** Never rejects. */
  refresh(): Promise<void> {
    this.#running ??= this.#refresh().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #refresh(): Promise<void> {
    await this.#watch.refresh();
    for (const migration of this.#migrations()) {
      const { description } = this.#watch.of(migration.id);
      if (description) await this.#keeper.keep(migration, description);
    }
  }
}
