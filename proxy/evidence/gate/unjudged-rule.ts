import type { Migration } from '../../routing/model.ts';
import type { GateFacts, GateReason, OpenSignature } from '../model.ts';
import { count, counted } from './wording.ts';

/** Reasons that are listed one by one; the rest is counted. */
const listedAtMost = 50;

/** Every signature that nobody judged holds the gate, however rare. */
export function unjudgedRule(migration: Migration, facts: GateFacts): GateReason[] {
  const ids = new Set(migration.routes.map(({ id }) => id));
  const open = facts.unjudged.filter(({ route }) => ids.has(route)).sort((a, b) => b.pairs - a.pairs);
  if (open.length > 0 && !facts.verdictsKnown) {
    const text = `${counted(open.length, 'signature')} may be judged or not: the verdicts are not read yet; they are once Postgres is there.`;
    return [{ rule: 'unjudged', state: 'waiting', text }];
  }
  if (open.length === 0) {
    return [{ rule: 'unjudged', state: 'met', text: 'No difference is without a judgement.' }];
  }
  if (migration.gate.unjudged === 'allow') {
    const text = `${counted(open.length, 'signature')} without a judgement ${open.length === 1 ? 'is' : 'are'} left to the agreement (gate.unjudged: allow).`;
    return [{ rule: 'unjudged', state: 'met', text }];
  }
  const reasons = open.slice(0, listedAtMost).map(holding);
  const left = open.length - reasons.length;
  if (left === 0) return reasons;
  const text = `${counted(left, 'more signature')} ${left === 1 ? 'is' : 'are'} without a judgement, ${count(open.length)} in all.`;
  return [...reasons, { rule: 'unjudged', state: 'refused', text }];
}

function holding({ signature, route, place, kind, pairs, note }: OpenSignature): GateReason {
  const text =
    `${place} (${kind}) of ${route} differs in ${counted(pairs, 'pair')} and ${note ?? 'nobody judged it'} ` +
    `(signature ${signature}); repair the service, judge it by \`ficus verdict ${signature}\`, or allow the ` +
    'difference under shadow.compare.';
  return { rule: 'unjudged', state: 'refused', route, text };
}
