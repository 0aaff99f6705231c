import type { Logger } from 'pino';
import type { Migration } from '../routing/model.ts';
import type { PactListing } from './contracts/list-pacts.ts';
import type { PactSources } from './contracts/pact-sources.ts';

export interface PactWatchDeps {
  readonly migrations: () => readonly Migration[];
  readonly sources: Pick<PactSources, 'list'>;
  readonly log: Logger;
  readonly everyMs: number;
}

/** The pacts of every migration as they are now, in memory for the gate. */
export class PactWatch {
  readonly #deps: PactWatchDeps;
  readonly #timer: NodeJS.Timeout;
  #listings = new Map<string, PactListing>();
  #problems = '';

  constructor(deps: PactWatchDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.refresh(), deps.everyMs);
  }

  of(migration: string): PactListing {
    return this.#listings.get(migration) ?? notRead;
  }

  /** Looks again at what is near; what is far away is asked at its own pace. Never rejects; problems are said once. */
  async refresh(): Promise<void> {
    const listings = await Promise.all(
      this.#deps
        .migrations()
        .map(async (migration) => [migration.id, await this.#deps.sources.list(migration)] as const),
    );
    this.#listings = new Map(listings);
    this.#tell(listings.flatMap(([, { problems }]) => problems).join('\n'));
  }

  /** Looks again at all pacts of one migration, and waits for the answer. */
  async ask(migration: Migration): Promise<PactListing> {
    const listing = await this.#deps.sources.list(migration, true);
    this.#listings.set(migration.id, listing);
    return listing;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tell(problems: string): void {
    if (problems !== '' && problems !== this.#problems)
      this.#deps.log.warn({ problems }, 'pacts that do not count');
    this.#problems = problems;
  }
}

const notRead: PactListing = { pacts: [], problems: [], unknown: 'they are being read' };
