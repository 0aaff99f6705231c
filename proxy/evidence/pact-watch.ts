import type { Logger } from 'pino';
import type { Migration } from '../routing/model.ts';
import { listPacts } from './contracts/list-pacts.ts';
import type { GateFacts } from './model.ts';

export interface PactWatchDeps {
  readonly migrations: () => readonly Migration[];
  readonly log: Logger;
  readonly everyMs: number;
}

/** The pact files of every migration as they are now, in memory for the gate. */
export class PactWatch {
  readonly #deps: PactWatchDeps;
  readonly #timer: NodeJS.Timeout;
  #pacts = new Map<string, GateFacts['pacts']>();
  #problems = '';

  constructor(deps: PactWatchDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.refresh(), deps.everyMs);
  }

  of(migration: string): GateFacts['pacts'] {
    return this.#pacts.get(migration) ?? [];
  }

  /** Reads the folders again. Never rejects; files that can't be read are said once. */
  async refresh(): Promise<void> {
    const pacts = new Map<string, GateFacts['pacts']>();
    const problems: string[] = [];
    for (const migration of this.#deps.migrations()) {
      try {
        const listing = await listPacts(migration.contracts.pacts, migration.service);
        pacts.set(
          migration.id,
          listing.pacts.map(({ consumer, pactHash }) => ({ consumer, pactHash })),
        );
        problems.push(...listing.problems);
      } catch (error) {
        pacts.set(migration.id, this.of(migration.id));
        problems.push(`${migration.contracts.pacts}: ${(error as Error).message}`);
      }
    }
    this.#pacts = pacts;
    this.#tell(problems.join('\n'));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tell(problems: string): void {
    if (problems !== '' && problems !== this.#problems)
      this.#deps.log.warn({ problems }, 'pact files that do not count');
    this.#problems = problems;
  }
}
