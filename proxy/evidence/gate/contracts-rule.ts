import type { Migration } from '../../routing/model.ts';
import { contractUses } from '../contract-uses.ts';
import type { ContractEvidence, GateFacts, GateReason, KnownPact } from '../model.ts';
import { count, counted, percentAtLeast } from './wording.ts';

/** Each consumer's pact, as it is now, verified against the builds that run now; then what no pact has. */
export function contractsRule(migration: Migration, facts: GateFacts): GateReason[] {
  const mode = migration.gate.contracts;
  if (mode === 'off') return [met('Contracts are not asked for (gate.contracts: off).')];
  if (facts.pactsUnknown !== undefined) return [unknownPacts(migration, facts.pactsUnknown)];
  if (facts.pacts.length === 0) return [withoutPact(migration)];
  const judged = facts.pacts.map((pact) => judge(migration, facts, pact));
  return [...judged, ...onlyPending(migration, facts), ...uncovered(migration, facts)];
}

/** Newest first: of two results for the same pact and build the later one holds. */
export function serviceResults(facts: GateFacts): ContractEvidence[] {
  return resultsOf(facts, 'service');
}

function resultsOf(facts: GateFacts, side: ContractEvidence['side']): ContractEvidence[] {
  return facts.contracts
    .filter((result) => result.side === side)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** Whether the result is about the build that runs now and the pact as it is now. */
export function isCurrent(result: ContractEvidence, facts: GateFacts, pactHash: string): boolean {
  const { monolithBuild, serviceBuild } = facts.key;
  const build = result.side === 'service' ? serviceBuild : monolithBuild;
  return result.build === build && result.pactHash === pactHash;
}

/** The newest result for the pact as it is now against the build of the side that runs now. */
export function resultOf(
  facts: GateFacts,
  side: ContractEvidence['side'],
  { consumer, pactHash }: Pick<KnownPact, 'consumer' | 'pactHash'>,
): ContractEvidence | undefined {
  return resultsOf(facts, side).find(
    (result) => result.consumer === consumer && isCurrent(result, facts, pactHash),
  );
}

function judge(migration: Migration, facts: GateFacts, pact: KnownPact): GateReason {
  const { monolithBuild, serviceBuild } = facts.key;
  const service = resultOf(facts, 'service', pact);
  if (!service) return unverified(migration, facts, pact, 'service');
  const name = nameOf(pact, facts);
  if (service.outcome === 'failed') {
    const text = `${name} failed against build ${serviceBuild}`;
    if (pact.pending) return met(`${text}; it is pending and holds nothing.`);
    return {
      rule: 'contracts',
      state: 'refused',
      text: `${text}; repair the service or the pact, and run \`ficus verify ${migration.id}\`.`,
    };
  }
  const monolith = pact.messagesOnly ? 'not-asked' : resultOf(facts, 'monolith', pact);
  if (!monolith) return unverified(migration, facts, pact, 'monolith');
  const passed = `${name} is verified against build ${serviceBuild}`;
  if (monolith === 'not-asked' || monolith.outcome === 'passed') return met(`${passed}.`);
  return met(
    `${passed}; monolith ${monolithBuild} does not keep it, so it is not about what clients have today.`,
  );
}

/** Which pact: consumers may have several, one of each version that is in use. */
function nameOf({ consumer, pactHash }: KnownPact, { pacts }: GateFacts): string {
  const isOne = pacts.filter((pact) => pact.consumer === consumer).length === 1;
  return `The pact of ${consumer}${isOne ? '' : ` (${pactHash.slice(0, 8)})`}`;
}

function unknownPacts(migration: Migration, why: string): GateReason {
  const text = `Which pacts there are is not known: ${why}`;
  return {
    rule: 'contracts',
    state: 'waiting',
    text: `${text}; \`ficus verify ${migration.id}\` asks again.`,
  };
}

function withoutPact(migration: Migration): GateReason {
  if (migration.gate.contracts === 'optional') return met('There is no pact file; contracts are optional.');
  const { pacts, broker } = migration.contracts;
  const where = broker
    ? `publish one to ${broker.url} for the provider ${broker.provider}`
    : `add one to ${pacts}`;
  return {
    rule: 'contracts',
    state: 'waiting',
    text: `There is no pact file for ${migration.service}; ${where}, or set gate.contracts to optional or off.`,
  };
}

/** What binds nobody is no contract: at least one must, or be kept. */
function onlyPending(migration: Migration, facts: GateFacts): GateReason[] {
  if (migration.gate.contracts !== 'required' || facts.pacts.some(({ pending }) => !pending)) return [];
  if (facts.pacts.some((pact) => resultOf(facts, 'service', pact)?.outcome === 'passed')) return [];
  const text =
    `Every pact of ${migration.service} is pending, and none is kept, so that no contract is proven; ` +
    'keep one, or set gate.contracts to optional.';
  return [{ rule: 'contracts', state: 'waiting', text }];
}

function unverified(
  migration: Migration,
  facts: GateFacts,
  pact: KnownPact,
  side: ContractEvidence['side'],
): GateReason {
  const { monolithBuild, serviceBuild } = facts.key;
  const build = side === 'service' ? serviceBuild : monolithBuild;
  const earlier = resultsOf(facts, side).filter(({ consumer }) => consumer === pact.consumer);
  const last = earlier.find((result) => result.build === build) ?? earlier[0];
  const before =
    last === undefined
      ? ''
      : last.pactHash === pact.pactHash
        ? ` (it was against build ${last.build})`
        : ' (it was before its content changed)';
  const what = side === 'service' ? `build ${build}` : `build ${build} of the monolith`;
  const text = `${nameOf(pact, facts)} is not verified against ${what} yet${before}`;
  if (pact.pending) return met(`${text}; it is pending and holds nothing.`);
  if (migration.gate.contracts === 'optional') return met(`${text}; contracts are optional.`);
  return { rule: 'contracts', state: 'waiting', text: `${text}; run \`ficus verify ${migration.id}\`.` };
}

/** Named one by one; the rest is counted. */
const listedAtMost = 3;

/** A note, which holds nothing: what clients are seen to ask for, and no consumer's pact does. */
function uncovered(migration: Migration, facts: GateFacts): GateReason[] {
  const uses = contractUses(migration, facts);
  if (uses.length === 0) return [];
  const kinds = counted(uses.length, 'kind');
  const open = uses.filter(({ coveredBy }) => coveredBy.length === 0);
  if (open.length === 0) return [met(`All that clients ask for, ${kinds} of requests, is in a pact.`)];
  const sum = (some: typeof uses) => some.reduce((total, one) => total + one.count, 0);
  const all = sum(uses);
  const listed = open
    .slice(0, listedAtMost)
    .map(
      ({ route, query, status, count: times }) =>
        `${route}${query === 'none' || query === 'any' ? '' : `?${query}`} with ${status} (${count(times)})`,
    );
  const more = open.length > listedAtMost ? ` and ${count(open.length - listedAtMost)} more` : '';
  return [
    met(
      `Of ${kinds} of requests that clients make, ${count(uses.length - open.length)} ` +
        `(${percentAtLeast((all - sum(open)) / all)} of ${counted(all, 'request')}) are in a pact. Without, which ` +
        `holds nothing: ${listed.join(', ')}${more}; see \`ficus contracts ${migration.id}\`.`,
    ),
  ];
}

const met = (text: string): GateReason => ({ rule: 'contracts', state: 'met', text });
