import type { CoverageRules, Migration } from '../../routing/model.ts';
import type { CoverageCount, GateFacts, GateReason } from '../model.ts';
import { canBeShown } from './shown-routes.ts';
import { count, counted } from './wording.ts';

/** Named one by one; the rest is counted. */
const listedAtMost = 10;

interface Gap {
  readonly route?: string;
  readonly text: string;
}

/** What traffic has not shown yet: answers that clients got and no pair compared, roles, kinds of requests. */
export function coverageRule(migration: Migration, facts: GateFacts): GateReason[] {
  const mode = migration.gate.coverage ?? 'warn';
  if (mode === 'off') return [];
  const rules: CoverageRules = migration.coverage ?? { role: undefined, roles: [], minPairs: 1 };
  const gaps = [
    ...unshownRoles(rules, facts),
    ...unshownAnswers(migration, rules, facts),
    ...neverCompared(migration, facts),
  ];
  if (gaps.length === 0) {
    const text = 'Whatever clients were seen to ask for has been compared, and nothing else is asked for.';
    return [{ rule: 'coverage', state: 'met', text }];
  }
  const named = gaps.slice(0, listedAtMost);
  const left = gaps.length - named.length;
  if (mode === 'require') {
    const rest = left === 0 ? [] : [{ text: `${counted(left, 'more thing')} that traffic has not shown.` }];
    return [...named, ...rest].map((gap) => ({ rule: 'coverage', state: 'waiting', ...gap }));
  }
  const more = left === 0 ? '' : ` And ${count(left)} more.`;
  const list = named.map(({ text }) => text).join(' ');
  const text = `Not shown by traffic yet, which holds nothing (gate.coverage: warn): ${list}${more}`;
  return [{ rule: 'coverage', state: 'met', isWarning: true, text }];
}

function unshownRoles({ roles, minPairs }: CoverageRules, { coverage }: GateFacts): Gap[] {
  return roles.flatMap((role) => {
    const compared = sum(coverage.filter(({ dimension, value }) => dimension === 'role' && value === role));
    if (compared >= minPairs) return [];
    return [{ text: `Role ${role}: ${counted(compared, 'pair')} of ${count(minPairs)} asked.` }];
  });
}

function unshownAnswers(migration: Migration, { minPairs }: CoverageRules, facts: GateFacts): Gap[] {
  return migration.routes.filter(canBeShown).flatMap(({ id: route }) =>
    (facts.clientAnswers.get(route) ?? []).flatMap((answers, hundreds) => {
      if (answers === 0) return [];
      const value = `${hundreds}xx`;
      const cells = facts.coverage.filter((cell) => cell.route === route && cell.dimension === 'status');
      const compared = sum(cells.filter((cell) => cell.value === value));
      if (compared >= minPairs) return [];
      const pairs = compared === 0 ? 'none is' : `${count(compared)} ${compared === 1 ? 'is' : 'are'}`;
      const text = `${value} of ${route}: clients got ${count(answers)}, ${pairs} compared; ${count(minPairs)} asked.`;
      return [{ route, text }];
    }),
  );
}

const names: Readonly<Record<string, string>> = {
  method: 'Method',
  type: 'Media type',
  query: 'Query',
  role: 'Role',
};

/** Kinds of requests of which pairs came, and none could be compared. */
function neverCompared(migration: Migration, { coverage }: GateFacts): Gap[] {
  const ids = new Set(migration.routes.map(({ id }) => id));
  return coverage.flatMap(({ route, dimension, value, compared, incomparable }) => {
    const name = names[dimension];
    if (name === undefined || compared > 0 || !ids.has(route)) return [];
    const text = `${name} ${value} of ${route}: none of ${counted(incomparable, 'pair')} could be compared.`;
    return [{ route, text }];
  });
}

function sum(cells: readonly CoverageCount[]): number {
  return cells.reduce((total, { compared }) => total + compared, 0);
}
