import type { Migration } from '../routing/model.ts';
import type { PairRow } from '../store/model.ts';
import { type ContractUse, useText } from './contract-uses.ts';
import { draftPact, type PactDraft } from './contracts/draft-pact.ts';

export interface ContractDraft extends PactDraft {
  /** Id of the pair that it is made of. */
  readonly pair: string;
  readonly route: string;
}

/** `unknown-pair`: there is none of that id, or it is another migration's; `impossible`: nothing can be made now. */
export type DraftResult =
  | { readonly done: true; readonly draft: ContractDraft }
  | { readonly done: false; readonly why: 'unknown-pair' | 'impossible'; readonly reason: string };

export interface DraftOrder {
  /** Absent: the newest of a kind of request. */
  readonly pair?: string | undefined;
  /** As `ContractUse.use` has it; absent: what clients ask for most and no pact has. */
  readonly use?: string | undefined;
  readonly consumer: string;
}

export interface DraftReads {
  pair(id: string): Promise<PairRow | undefined>;
  /** Newest first. */
  pairsOfUse(migration: string, route: string, use: string, limit: number): Promise<readonly PairRow[]>;
}

/** A draft of the pair that is asked for; without one, of what clients ask for most and no pact has. */
export async function draftContract(
  migration: Migration,
  order: DraftOrder,
  uses: readonly ContractUse[],
  reads: DraftReads,
): Promise<DraftResult> {
  const pair =
    order.pair === undefined
      ? await sampleOf(
          migration,
          order.use === undefined
            ? uses.filter(({ coveredBy }) => coveredBy.length === 0)
            : usesOf(uses, order.use),
          reads,
        )
      : await reads.pair(order.pair);
  if (!pair || pair.migration !== migration.id) {
    return order.pair === undefined
      ? { done: false, why: 'impossible', reason: withoutSample(migration, uses, order.use) }
      : { done: false, why: 'unknown-pair', reason: `${migration.id} has no pair "${order.pair}"` };
  }
  const route = migration.routes.find(({ id }) => id === pair.route);
  if (!route) {
    const reason = `${pair.route} of pair ${pair.id} is no route of ${migration.id} any more`;
    return { done: false, why: 'impossible', reason };
  }
  const { consumer } = order;
  const draft = draftPact({ pair, template: route.template, consumer, provider: migration.service });
  if ('problem' in draft) return { done: false, why: 'impossible', reason: draft.problem };
  return { done: true, draft: { ...draft, pair: pair.id, route: pair.route } };
}

async function sampleOf(
  { id }: Migration,
  uses: readonly ContractUse[],
  reads: DraftReads,
): Promise<PairRow | undefined> {
  for (const use of uses) {
    if (use.counted !== 'pairs') continue;
    const [pair] = await reads.pairsOfUse(id, use.route, useText(use), 1);
    if (pair) return pair;
  }
  return undefined;
}

const usesOf = (uses: readonly ContractUse[], wanted: string): ContractUse[] =>
  uses.filter(({ use }) => use === wanted);

function withoutSample({ id }: Migration, uses: readonly ContractUse[], wanted: string | undefined): string {
  if (wanted !== undefined && usesOf(uses, wanted).length === 0)
    return `Nobody was seen to ask for that of ${id} under the builds and rules of now`;
  if (uses.length === 0)
    return `No pair of ${id} was seen yet under the builds and rules of now: \`ficus shadow ${id}\``;
  if (wanted === undefined && uses.every(({ coveredBy }) => coveredBy.length > 0))
    return `Each kind of request that clients of ${id} make is in a pact; --pair names one all the same`;
  return (
    `No sample is kept of what no pact has: the first few pairs of each kind are; of routes that are never ` +
    'copied there are none'
  );
}
