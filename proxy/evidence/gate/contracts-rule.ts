import type { Migration } from '../../routing/model.ts';
import type { ContractEvidence, GateFacts, GateReason } from '../model.ts';

/** Each consumer's pact, as it is now, verified against the build that runs now. */
export function contractsRule(migration: Migration, facts: GateFacts): GateReason[] {
  const mode = migration.gate.contracts;
  if (mode === 'off') return [met('Contracts are not asked for (gate.contracts: off).')];
  if (facts.pacts.length === 0) return [withoutPact(migration)];
  return facts.pacts.map(({ consumer, pactHash }) => {
    const ofConsumer = serviceResults(facts).filter((result) => result.consumer === consumer);
    const result = ofConsumer.find((one) => isCurrent(one, facts, pactHash));
    if (!result) return unverified(migration, facts, consumer, pactHash, ofConsumer);
    const build = facts.key.serviceBuild;
    if (result.outcome === 'passed')
      return met(`The pact of ${consumer} is verified against build ${build}.`);
    return {
      rule: 'contracts',
      state: 'refused',
      text: `The pact of ${consumer} failed against build ${build}; repair the service or the pact, and run \`ficus verify ${migration.id}\`.`,
    };
  });
}

/** Newest first: of two results for the same pact and build the later one holds. */
export function serviceResults(facts: GateFacts): ContractEvidence[] {
  return facts.contracts
    .filter(({ side }) => side === 'service')
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** Whether the result is about the build that runs now and the pact as it is now. */
export function isCurrent(result: ContractEvidence, facts: GateFacts, pactHash: string): boolean {
  return result.build === facts.key.serviceBuild && result.pactHash === pactHash;
}

function withoutPact(migration: Migration): GateReason {
  if (migration.gate.contracts === 'optional') return met('There is no pact file; contracts are optional.');
  return {
    rule: 'contracts',
    state: 'waiting',
    text: `There is no pact file for ${migration.service}; add one to ${migration.contracts.pacts}, or set gate.contracts to optional or off.`,
  };
}

function unverified(
  migration: Migration,
  facts: GateFacts,
  consumer: string,
  pactHash: string,
  earlier: readonly ContractEvidence[],
): GateReason {
  const { serviceBuild } = facts.key;
  const last = earlier.find((result) => result.build === serviceBuild) ?? earlier[0];
  const before =
    last === undefined
      ? ''
      : last.pactHash === pactHash
        ? ` (it was against build ${last.build})`
        : ' (it was before its content changed)';
  const text = `The pact of ${consumer} is not verified against build ${serviceBuild} yet${before}`;
  if (migration.gate.contracts === 'optional') return met(`${text}; contracts are optional.`);
  return { rule: 'contracts', state: 'waiting', text: `${text}; run \`ficus verify ${migration.id}\`.` };
}

const met = (text: string): GateReason => ({ rule: 'contracts', state: 'met', text });
