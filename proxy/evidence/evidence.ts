import type { Logger } from 'pino';
import type { Migration, RoutingModel, Upstream } from '../routing/model.ts';
import type { ComparedPair } from '../shadow/pair.ts';
import type { Store } from '../store/open-store.ts';
import { useSample } from '../store/pairs.ts';
import type { Clock } from '../telemetry/clock.ts';
import { Announcements } from './announcements.ts';
import type { ContractView } from './contract-view.ts';
import type { BrokerCredentials } from './contracts/fetch-document.ts';
import type { VerifiedContracts } from './contracts/verify-contracts.ts';
import { Contracts } from './contracts.ts';
import { type DraftResult, draftContract } from './draft-contract.ts';
import { createEvidenceCounter, type EvidenceCounter } from './evidence-counter.ts';
import { decideGate } from './gate.ts';
import { gatherFacts } from './gather-facts.ts';
import { excuseRoutes, isExcused } from './judge.ts';
import { Judging } from './judging.ts';
import type {
  ClientAnswers,
  EvidenceKey,
  GateFacts,
  GateReport,
  RouteEvidence,
  ServedLately,
} from './model.ts';
import type { ServiceDescription } from './openapi/description-watch.ts';
import { Descriptions } from './openapi/descriptions.ts';
import { PairsLately, type PairsSeen } from './pairs-lately.ts';
import { keepVerdicts, type VerdictKeeper } from './verdict-keeper.ts';

export interface EvidenceDeps {
  readonly model: () => RoutingModel;
  readonly store: Store;
  /** `PACT_…` variables for values in provider states. */
  readonly pactEnvironment: Readonly<Record<string, string>>;
  /** Of the Pact Broker, where there is one. */
  readonly brokerCredentials?: BrokerCredentials | undefined;
  /** Folder in which pacts are kept that were fetched. */
  readonly pactCacheDir: string;
  /** What looks like a secret is made unreadable in a text that is kept. */
  readonly hideSecrets: (text: string) => string;
  /** Builds or abilities of upstreams are others than they were. */
  readonly onBuildsChanged: () => void;
  /** What services say that their APIs are is other than it was. */
  readonly onDescriptionsChanged: () => void;
  /** A pair counts from now on. */
  readonly onCounted: (pair: ComparedPair, key: EvidenceKey) => void;
  /** Pairs that will never count. */
  readonly onDropped: (migration: string, reason: PairDropReason) => void;
  /** What clients got on the migration's routes since this process started. */
  readonly clientAnswers: (migration: string) => ClientAnswers;
  /** What both sides of the migration answered to clients in the last minute. */
  readonly served: (migration: string) => ServedLately;
  readonly clock: Clock;
  readonly log: Logger;
}

/** `rules-changed`, `build-changed`: while it was on its way; `unconfirmed`: too many wait to be confirmed. */
export type PairDropReason = 'rules-changed' | 'build-changed' | 'unconfirmed';

const CONFIRM_EVERY_MS = 1000;
/** Pairs that wait for their builds to be confirmed. */
const MAX_UNCONFIRMED = 5000;
const DESCRIPTIONS_EVERY_MS = 2000;

/** Everything that gates read, gathered in memory: a gate is answered without waiting for anybody. */
export class Evidence {
  readonly #deps: EvidenceDeps;
  readonly #counter: EvidenceCounter;
  readonly #contracts: Contracts;
  readonly #verdicts: VerdictKeeper;
  readonly judging: Judging;
  readonly #descriptions: Descriptions;
  readonly #announcements: Announcements;
  readonly #confirming: NodeJS.Timeout;
  readonly #lately = new PairsLately();
  #unconfirmed: { readonly pair: ComparedPair; readonly key: EvidenceKey }[] = [];
  #confirmed: Promise<void> | undefined;

  constructor(deps: EvidenceDeps) {
    this.#deps = deps;
    const { store, log, clock } = deps;
    const migrations = () => deps.model().migrations;
    this.#counter = createEvidenceCounter({ store, log, clock });
    this.#contracts = new Contracts({
      ...deps,
      migrations,
      keyOf: async (migration) => {
        await this.#confirm();
        return this.#keyOf(migration);
      },
      sides: (migration) => ({
        monolith: this.#upstream(deps.model().default),
        service: this.#upstream(migration.service),
      }),
    });
    this.#verdicts = keepVerdicts({ store, log });
    this.judging = new Judging({
      migrations,
      keyOf: (migration) => this.#keyOf(migration),
      counter: this.#counter,
      verdicts: this.#verdicts,
      store,
      clock,
    });
    this.#announcements = new Announcements({
      upstreams: () => this.#sides(),
      onChange: deps.onBuildsChanged,
      clock,
      log,
    });
    this.#descriptions = new Descriptions({
      migrations,
      upstream: (id) => this.#upstream(id),
      announced: (upstream) => this.#announcements.of(upstream),
      onChange: deps.onDescriptionsChanged,
      store,
      log,
      everyMs: DESCRIPTIONS_EVERY_MS,
    });
    this.#confirming = setInterval(() => void this.#confirm(), CONFIRM_EVERY_MS);
  }

  /** Learns what can be learnt now: who runs where, which pacts there are. */
  async refresh(): Promise<void> {
    await Promise.all([this.#confirm().then(() => this.#descriptions.refresh()), this.#contracts.refresh()]);
  }

  gate(migration: Migration): GateReport {
    return decideGate(migration, this.#factsOf(migration));
  }

  /** What clients ask for, and which pacts have it; of a migration that there is. */
  contractView(migrationId: string): ContractView {
    const migration = this.#find(migrationId)!;
    return this.#contracts.view(migration, this.#factsOf(migration));
  }

  /** Counted pairs of each route under the builds and rules of now; of a migration that there is. */
  routes(migrationId: string): readonly RouteEvidence[] {
    return this.#factsOf(this.#find(migrationId)!).routes;
  }

  draftContract(migrationId: string, order: Parameters<typeof draftContract>[1]): Promise<DraftResult> {
    const { pairs, pairWriter } = this.#deps.store;
    return draftContract(this.#find(migrationId)!, order, this.contractView(migrationId).uses, {
      pair: (id) => pairs.pair(id),
      async pairsOfUse(migration, route, use, limit) {
        await pairWriter.flush();
        return pairs.pairsOfSignature(migration, useSample(route, use), limit);
      },
    });
  }

  #factsOf(migration: Migration): GateFacts {
    return gatherFacts({
      key: this.#keyOf(migration),
      migration,
      counter: this.#counter,
      verdicts: this.#verdicts.of(migration.id),
      verdictsKnown: this.#verdicts.isLoaded(),
      clientAnswers: this.#deps.clientAnswers(migration.id),
      served: this.#deps.served(migration.id),
      ...this.#descriptions.factsOf(migration.id),
      nowMs: this.#deps.clock.now(),
      ...this.#contracts.facts(migration),
      serviceReachable: this.#announcements.of(this.#upstream(migration.service)).reachable,
      storeAvailable: this.#deps.store.available(),
    });
  }

  pairs(migration: Migration): { agreed: number; differed: number; incomparable: number } {
    const counts = this.#counter.counts(this.#keyOf(migration));
    const total = { agreed: 0, differed: 0, incomparable: 0 };
    for (const row of excuseRoutes(counts, this.judging.of(migration))) {
      total.agreed += row.agreed;
      total.differed += row.differed;
      total.incomparable += row.incomparable;
    }
    return total;
  }

  /** What this process compared since it was last asked, under the builds that were there then. */
  pairsLately(migration: Migration): PairsSeen {
    const excused = () =>
      new Set(
        this.judging
          .of(migration)
          .filter(isExcused)
          .map(({ signature }) => signature),
      );
    return this.#lately.take(migration.id, excused);
  }

  /** Takes a pair; it counts once both sides, asked after it, still run the builds that they ran before it. */
  record(pair: ComparedPair, rulesHash: string): void {
    const migration = this.#find(pair.migration);
    if (migration?.rulesHash !== rulesHash) {
      this.#deps.onDropped(pair.migration, 'rules-changed');
      return;
    }
    this.#unconfirmed.push({ pair, key: this.#keyOf(migration) });
    if (this.#unconfirmed.length > MAX_UNCONFIRMED) {
      this.#deps.onDropped(this.#unconfirmed.shift()!.pair.migration, 'unconfirmed');
    }
  }

  /** What the migration's service says that its API is. */
  description(migrationId: string): ServiceDescription | undefined {
    return this.#descriptions.factsOf(migrationId).description.description;
  }

  dryRunMigrations(): string[] {
    const { migrations } = this.#deps.model();
    const runsDry = ({ service }: Migration) => this.#announcements.of(this.#upstream(service)).dryRun;
    return migrations.filter(runsDry).map(({ id }) => id);
  }

  /** Verifies the contracts against the builds that run now; the gate sees the results at once. */
  async verify(migrationId: string): Promise<VerifiedContracts> {
    const migration = this.#find(migrationId);
    if (!migration) return { results: [], problems: [`There is no migration "${migrationId}".`] };
    return this.#contracts.verify(migration);
  }

  /** Writes what is counted, once more, and stops asking around. */
  async close(): Promise<void> {
    clearInterval(this.#confirming);
    this.#descriptions.close();
    await this.#confirm();
    this.#contracts.close();
    this.#verdicts.close();
    await this.#counter.close();
  }

  /** Asks all sides who they are, and lets the pairs count that were there before. Never rejects. */
  #confirm(): Promise<void> {
    this.#confirmed ??= this.#askAndCount()
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'builds not confirmed'))
      .finally(() => {
        this.#confirmed = undefined;
      });
    return this.#confirmed;
  }

  async #askAndCount(): Promise<void> {
    const due = this.#unconfirmed;
    this.#unconfirmed = [];
    await this.#announcements.refresh();
    for (const { pair, key } of due) {
      const migration = this.#find(pair.migration);
      if (migration && this.#isOf(migration, key, pair)) {
        this.#counter.record(pair, key);
        this.#lately.add(pair);
        this.#deps.onCounted(pair, key);
      } else {
        this.#deps.onDropped(pair.migration, 'build-changed');
      }
    }
  }

  /** Whether a pair was gathered under `key`, and that is what runs now. */
  #isOf(migration: Migration, key: EvidenceKey, pair: ComparedPair): boolean {
    const now = this.#keyOf(migration);
    if (now.monolithBuild !== key.monolithBuild || now.serviceBuild !== key.serviceBuild) return false;
    const sides = [this.#upstream(this.#deps.model().default), this.#upstream(migration.service)];
    return sides.every((side) => Date.parse(pair.at) > this.#announcements.changedAtMs(side));
  }

  #find(migrationId: string): Migration | undefined {
    return this.#deps.model().migrations.find(({ id }) => id === migrationId);
  }

  #keyOf(migration: Migration): EvidenceKey {
    return {
      migration: migration.id,
      monolithBuild: this.#announcements.of(this.#upstream(this.#deps.model().default)).build,
      serviceBuild: this.#announcements.of(this.#upstream(migration.service)).build,
      rulesHash: migration.rulesHash,
    };
  }

  /** The monolith and every service. */
  #sides(): Upstream[] {
    const { default: monolith, migrations } = this.#deps.model();
    return [...new Set([monolith, ...migrations.map(({ service }) => service)])].map((id) =>
      this.#upstream(id),
    );
  }

  #upstream(id: string): Upstream {
    const upstream = this.#deps.model().upstreams.find((one) => one.id === id);
    if (!upstream) throw new Error(`upstream "${id}" is not in the routing model`);
    return upstream;
  }
}
