import type { Migration } from '../routing/model.ts';
import { type ContractUse, contractUses, covers, placedInteractions } from './contract-uses.ts';
import type { PactListing } from './contracts/list-pacts.ts';
import { hasHttp } from './contracts/pact-file.ts';
import { resultOf } from './gate/contracts-rule.ts';
import type { ContractEvidence, GateFacts, KeptFailure } from './model.ts';

/** A migration's pacts, for people. */
export interface ContractView {
  readonly pacts: readonly PactView[];
  /** What clients ask for, the most used first. */
  readonly uses: readonly ContractUse[];
  /** Interactions of a kind that no client was seen to ask for. */
  readonly unused: readonly {
    readonly consumer: string;
    readonly description: string;
    readonly request: string;
  }[];
  /** What came of verifying, of every build that is remembered; newest first. */
  readonly results: readonly ContractResultView[];
  /** What could not be read. */
  readonly problems: readonly string[];
}

export interface ContractResultView {
  readonly side: 'monolith' | 'service';
  readonly consumer: string;
  readonly build: string;
  readonly pactHash: string;
  readonly outcome: 'passed' | 'failed';
  readonly at: string;
  /** Number of interactions. */
  readonly interactions: number;
  readonly failures: readonly KeptFailure[];
  /** It is of the build that runs now and of the pact as it is now: what the gate goes by. */
  readonly isNow: boolean;
}

export interface PactView {
  readonly consumer: string;
  /** Path or URL. */
  readonly from: string;
  readonly pactHash: string;
  readonly pending: boolean;
  readonly interactions: number;
  /** Against the build that runs now; `not-asked`: it asks for messages, and the monolith is not asked for any. */
  readonly service: PactStanding;
  readonly monolith: PactStanding | 'not-asked';
}

export type PactStanding = 'passed' | 'failed' | 'unverified';

export function viewContracts(migration: Migration, facts: GateFacts, listing: PactListing): ContractView {
  const uses = contractUses(migration, facts);
  return {
    pacts: listing.pacts.map((pact) => {
      const { consumer, file, pactHash, pending, interactions } = pact;
      const standing = (side: 'monolith' | 'service') =>
        resultOf(facts, side, { consumer, pactHash })?.outcome ?? 'unverified';
      return {
        consumer,
        from: file,
        pactHash,
        pending,
        interactions: interactions.length,
        service: standing('service'),
        monolith: hasHttp(pact) ? standing('monolith') : 'not-asked',
      };
    }),
    uses,
    unused: placedInteractions(migration, facts.pacts)
      .filter((interaction) => !uses.some((use) => covers(interaction, use)))
      .map(({ consumer, description, use }) => ({
        consumer,
        description,
        request: `${use.method} ${use.path}`,
      })),
    results: facts.contracts.slice(0, resultsAtMost).map((result) => resultView(result, facts, listing)),
    problems: listing.problems,
  };
}

const resultsAtMost = 100;

function resultView(
  { side, consumer, build, pactHash, outcome, at, interactions, failures = [] }: ContractEvidence,
  { key }: GateFacts,
  { pacts }: PactListing,
): ContractResultView {
  const running = side === 'monolith' ? key.monolithBuild : key.serviceBuild;
  const isNow =
    build === running && pacts.some((pact) => pact.pactHash === pactHash && pact.consumer === consumer);
  return { side, consumer, build, pactHash, outcome, at, interactions: interactions.length, failures, isNow };
}
