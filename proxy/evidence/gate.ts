import type { Migration } from '../routing/model.ts';
import { agreementRule } from './gate/agreement-rule.ts';
import { contractsRule } from './gate/contracts-rule.ts';
import { coverageRule } from './gate/coverage-rule.ts';
import { errorsRule } from './gate/errors-rule.ts';
import { latencyRule } from './gate/latency-rule.ts';
import { noiseRule } from './gate/noise-rule.ts';
import { openapiRule } from './gate/openapi-rule.ts';
import { pairsRule } from './gate/pairs-rule.ts';
import { buildRule, storeRule } from './gate/standing-rules.ts';
import { unjudgedRule } from './gate/unjudged-rule.ts';
import { unprovenRule } from './gate/unproven-rule.ts';
import { verdictsRule } from './gate/verdicts-rule.ts';
import type { GateFacts, GateReason, GateReport } from './model.ts';

/** What a gate asks, in the order in which its answer lists it. */
const gateRules = [
  pairsRule,
  agreementRule,
  unjudgedRule,
  verdictsRule,
  noiseRule,
  coverageRule,
  contractsRule,
  unprovenRule,
  openapiRule,
  latencyRule,
  errorsRule,
  buildRule,
  storeRule,
];

/** Whether a migration may go one step further, with every reason for and against. */
export function decideGate(migration: Migration, facts: GateFacts): GateReport {
  const reasons = gateRules.flatMap((rule) => rule(migration, facts));
  return {
    migration: migration.id,
    state: stateOf(reasons),
    key: facts.key,
    reasons,
    coverage: facts.coverage,
  };
}

function stateOf(reasons: readonly GateReason[]): GateReport['state'] {
  if (reasons.some(({ state }) => state === 'refused')) return 'refused';
  if (reasons.some(({ state }) => state === 'waiting')) return 'waiting';
  return 'open';
}
