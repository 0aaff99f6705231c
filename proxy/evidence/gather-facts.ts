import type { EvidenceCounter } from './evidence-counter.ts';
import type { ContractEvidence, EvidenceKey, GateFacts } from './model.ts';

/** All that a gate reads, from memory: its answer needs no query, and comes while Postgres is away, too. */
export function gatherFacts(from: {
  readonly key: EvidenceKey;
  readonly counter: Pick<EvidenceCounter, 'counts'>;
  readonly contracts: readonly ContractEvidence[];
  readonly pacts: GateFacts['pacts'];
  readonly serviceReachable: boolean;
  readonly storeAvailable: boolean;
}): GateFacts {
  const { key, counter, contracts, pacts, serviceReachable, storeAvailable } = from;
  const { routes, signatures, latencyMs, isLoaded } = counter.counts(key);
  return {
    key,
    routes,
    unjudged: signatures,
    contracts,
    pacts,
    latencyMs,
    serviceReachable,
    // Counts that are still to be read are as unknown as those of a store that is away.
    storeAvailable: storeAvailable && isLoaded,
  };
}
