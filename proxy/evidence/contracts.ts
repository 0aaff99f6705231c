import type { Logger } from 'pino';
import type { Migration, Upstream } from '../routing/model.ts';
import type { Store } from '../store/open-store.ts';
import type { Clock } from '../telemetry/clock.ts';
import { isAnnounced } from './announcements.ts';
import { type ContractEvidenceKeeper, keepContractEvidence } from './contract-evidence.ts';
import { type ContractView, viewContracts } from './contract-view.ts';
import type { BrokerCredentials } from './contracts/fetch-document.ts';
import { hasHttp, type PactFile } from './contracts/pact-file.ts';
import { isUrl, openPactSources, type PactSources } from './contracts/pact-sources.ts';
import { startVerificationRunner } from './contracts/run-verification.ts';
import { type VerifiedContracts, verifyContracts } from './contracts/verify-contracts.ts';
import { keptFailures } from './kept-failures.ts';
import type { EvidenceKey, GateFacts, KnownPact } from './model.ts';
import { PactWatch } from './pact-watch.ts';

export interface ContractsDeps {
  readonly migrations: () => readonly Migration[];
  /** Which builds run now; asks them. */
  readonly keyOf: (migration: Migration) => Promise<EvidenceKey>;
  readonly sides: (migration: Migration) => { readonly monolith: Upstream; readonly service: Upstream };
  readonly store: Pick<Store, 'available' | 'onAvailable' | 'contractResults'>;
  readonly pactEnvironment: Readonly<Record<string, string>>;
  readonly brokerCredentials?: BrokerCredentials | undefined;
  readonly pactCacheDir: string;
  /** Of what is kept of failures. */
  readonly hideSecrets: (text: string) => string;
  readonly clock: Clock;
  readonly log: Logger;
}

const PACTS_EVERY_MS = 2000;
/** For one pact against one side. */
const VERIFY_TIMEOUT_MS = 60_000;

/** The pacts of all migrations, and what came of verifying them. */
export class Contracts {
  readonly #deps: ContractsDeps;
  readonly #results: ContractEvidenceKeeper;
  readonly #sources: PactSources;
  readonly #watch: PactWatch;

  constructor(deps: ContractsDeps) {
    this.#deps = deps;
    const { migrations, store, brokerCredentials: credentials, pactCacheDir: cacheDir, clock, log } = deps;
    this.#results = keepContractEvidence({ store, migrations: () => migrations().map(({ id }) => id), log });
    this.#sources = openPactSources({ credentials, cacheDir, clock });
    this.#watch = new PactWatch({ migrations, sources: this.#sources, log, everyMs: PACTS_EVERY_MS });
  }

  refresh(): Promise<void> {
    return this.#watch.refresh();
  }

  /** For a gate. */
  facts({ id }: Migration): Pick<GateFacts, 'contracts' | 'pacts'> & { pactsUnknown: string | undefined } {
    const { pacts, unknown } = this.#watch.of(id);
    return { contracts: this.#results.of(id), pacts: pacts.map(knownPact), pactsUnknown: unknown };
  }

  /** For people: every pact and how it stands, every kind of use and which pact has it. */
  view(migration: Migration, facts: GateFacts): ContractView {
    return viewContracts(migration, facts, this.#watch.of(migration.id));
  }

  /** Verifies the pacts against the builds that run now; the gate sees the results at once. */
  async verify(migration: Migration): Promise<VerifiedContracts> {
    const { keyOf, sides, pactEnvironment: env, clock, log } = this.#deps;
    const listing = await this.#watch.ask(migration);
    const before = await keyOf(migration);
    const runner = startVerificationRunner();
    const verified = await verifyContracts({
      migration,
      upstreams: sides(migration),
      builds: { monolith: before.monolithBuild, service: before.serviceBuild },
      listing,
      pactsIn: placesOf(migration),
      statesDir: migration.contracts.states,
      env,
      clock,
      log,
      runner,
      timeoutMs: VERIFY_TIMEOUT_MS,
    }).finally(() => runner.close());
    const changed = changedBuild(before, await keyOf(migration));
    if (changed !== undefined) return { results: [], problems: [...verified.problems, changed] };
    for (const { evidence, failures } of verified.results) {
      const kept = failures.length === 0 ? {} : { failures: keptFailures(failures, this.#deps.hideSecrets) };
      this.#results.add(migration.id, { ...evidence, ...kept });
    }
    return { ...verified, problems: [...verified.problems, ...(await this.#publish(migration, verified))] };
  }

  close(): void {
    this.#watch.close();
    this.#results.close();
  }

  /** What the service makes of each pact of a broker's; the monolith is another provider to it. */
  async #publish(migration: Migration, { results }: VerifiedContracts): Promise<string[]> {
    const problems: string[] = [];
    for (const { evidence, pact } of results) {
      const { side, build, outcome } = evidence;
      if (side !== 'service' || !isAnnounced(build)) continue;
      const result = { success: outcome === 'passed', build };
      const problem = await this.#sources.publish(migration, pact, result);
      if (problem !== undefined) problems.push(problem);
    }
    return problems;
  }
}

function knownPact(pact: PactFile): KnownPact {
  const { consumer, pactHash, pending, interactions } = pact;
  return {
    consumer,
    pactHash,
    pending,
    messagesOnly: !hasHttp(pact),
    interactions: interactions.flatMap(({ description, use }) => (use ? [{ description, use }] : [])),
  };
}

/** A result of two builds is none. */
function changedBuild(before: EvidenceKey, after: EvidenceKey): string | undefined {
  for (const [side, was, is] of [
    ['monolith', before.monolithBuild, after.monolithBuild],
    ['service', before.serviceBuild, after.serviceBuild],
  ] as const) {
    if (was !== is)
      return `the ${side} changed from build ${was} to ${is} while it was verified; verify once more`;
  }
  return undefined;
}

/** For people. */
export function placesOf({ contracts: { pacts, broker } }: Pick<Migration, 'contracts'>): string {
  const first = isUrl(pacts) ? new URL(pacts).origin + new URL(pacts).pathname : pacts;
  return broker ? `${first} or ${broker.url}` : first;
}
