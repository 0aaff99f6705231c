import type { Logger } from 'pino';
import type { Store } from '../store/open-store.ts';
import type { ContractEvidence } from './model.ts';

/** Results of contract verifications, from memory, so that a gate reads them without a query. */
export interface ContractEvidenceKeeper {
  /** Counts at once; the store gets it now, or when it is back. */
  add(migration: string, evidence: ContractEvidence): void;
  /** Newest first. */
  of(migration: string): readonly ContractEvidence[];
  close(): void;
}

/** Newest results kept of a migration: every consumer, side and build of the last weeks. */
const keptAtMost = 1_000;
/** How long another replica's result, or that of a migration new in routes.yaml, may take to be seen here. */
const everyMs = 5_000;

/** Keeps memory in step with what the store has of the `migrations` there are. */
export function keepContractEvidence(deps: {
  readonly store: Pick<Store, 'available' | 'onAvailable' | 'contractResults'>;
  readonly migrations: () => readonly string[];
  readonly log: Logger;
}): ContractEvidenceKeeper {
  const { store, migrations, log } = deps;
  const results = new Map<string, readonly ContractEvidence[]>();
  let unsaved: { readonly migration: string; readonly evidence: ContractEvidence }[] = [];
  let running: Promise<void> | undefined;
  const unsubscribe = store.onAvailable(() => void synchronise());
  const timer = setInterval(() => void synchronise(), everyMs);
  timer.unref();

  return {
    add(migration, evidence) {
      take(migration, [evidence]);
      unsaved = [...unsaved, { migration, evidence }].slice(-keptAtMost);
      void synchronise();
    },
    of: (migration) => results.get(migration) ?? [],
    close() {
      unsubscribe();
      clearInterval(timer);
    },
  };

  function synchronise(): Promise<void> {
    running ??= step().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function step(): Promise<void> {
    if (!store.available()) return;
    try {
      for (let next = unsaved[0]; next; next = unsaved[0]) {
        await store.contractResults.save(next.migration, next.evidence);
        const saved = next;
        unsaved = unsaved.filter((one) => one !== saved);
      }
      for (const migration of migrations()) take(migration, await store.contractResults.list(migration));
    } catch (error) {
      log.warn({ err: error }, 'Contract results are not in step with Postgres; trying again');
    }
  }

  /** Of two results for the same side, pact and build the newer one stays. */
  function take(migration: string, added: readonly ContractEvidence[]): void {
    const newestFirst = [...(results.get(migration) ?? []), ...added].sort(
      (a, b) => Date.parse(b.at) - Date.parse(a.at),
    );
    const kept = new Map<string, ContractEvidence>();
    for (const one of newestFirst) {
      const { side, consumer, build, pactHash } = one;
      const about = JSON.stringify([side, consumer, build, pactHash]);
      if (!kept.has(about)) kept.set(about, one);
    }
    results.set(migration, [...kept.values()].slice(0, keptAtMost));
  }
}
