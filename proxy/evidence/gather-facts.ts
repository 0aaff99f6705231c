import type { Migration } from '../routing/model.ts';
import type { VerdictRow } from '../store/model.ts';
import { failedPairs, isCoverage } from './cells-of-pair.ts';
import type { EvidenceCounter } from './evidence-counter.ts';
import { excuseRoutes, judgementsOf, judgeSignatures, openSignatures } from './judge.ts';
import type { ClientAnswers, ContractEvidence, EvidenceKey, GateFacts, ServedLately } from './model.ts';
import { describedAnswers } from './openapi/described-cells.ts';
import type { DescriptionChanges } from './openapi/description-keeper.ts';
import type { DescriptionState } from './openapi/description-watch.ts';

/** All that a gate reads, from memory: its answer needs no query, and comes while Postgres is away, too. */
export function gatherFacts(from: {
  readonly key: EvidenceKey;
  readonly migration: Migration;
  readonly counter: Pick<EvidenceCounter, 'counts'>;
  readonly verdicts: ReadonlyMap<string, VerdictRow>;
  readonly verdictsKnown: boolean;
  readonly clientAnswers: ClientAnswers;
  readonly served: ServedLately;
  readonly description: DescriptionState;
  readonly descriptionChanges: DescriptionChanges | undefined;
  readonly contracts: readonly ContractEvidence[];
  readonly pacts: GateFacts['pacts'];
  readonly pactsUnknown: string | undefined;
  readonly serviceReachable: boolean;
  readonly storeAvailable: boolean;
  readonly nowMs: number;
}): GateFacts {
  const { key, migration, verdicts, nowMs, storeAvailable } = from;
  const counts = from.counter.counts(key);
  const judged = judgeSignatures(counts, { verdicts, nowMs });
  return {
    key,
    routes: excuseRoutes(counts, judged),
    unjudged: openSignatures(judged),
    judgements: judgementsOf(counts, judged, { key, verdicts, nowMs }, migration.gate.minPairs),
    verdictsKnown: from.verdictsKnown,
    coverage: counts.coverage
      .filter(isCoverage)
      .map(({ route, dimension, value, compared, incomparable }) => ({
        route,
        dimension,
        value,
        compared,
        incomparable,
      })),
    clientAnswers: from.clientAnswers,
    contracts: from.contracts,
    pacts: from.pacts,
    ...(from.pactsUnknown !== undefined && { pactsUnknown: from.pactsUnknown }),
    latency: counts.latency,
    failedPairs: failedPairs(counts.coverage, new Set(migration.routes.map(({ id }) => id))),
    served: from.served,
    openapi: {
      state: from.description,
      described: from.description.description
        ? describedAnswers(counts.coverage, from.description.description.hash)
        : [],
      changes: from.descriptionChanges,
    },
    serviceReachable: from.serviceReachable,
    // Counts that are still to be read are as unknown as those of a store that is away.
    storeAvailable: storeAvailable && counts.isLoaded,
  };
}
