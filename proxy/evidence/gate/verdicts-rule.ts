import type { Migration } from '../../routing/model.ts';
import { day } from '../judge.ts';
import type { BugFinding, GateFacts, GateReason } from '../model.ts';
import { count, counted } from './wording.ts';

/** Bugs hold the gate until another build has shown that they are repaired; what is expected is named with its end. */
export function verdictsRule(migration: Migration, facts: GateFacts): GateReason[] {
  const ids = new Set(migration.routes.map(({ id }) => id));
  const here = <T extends { readonly route: string }>(list: readonly T[]) =>
    list.filter(({ route }) => ids.has(route));
  const bugs = here(facts.judgements.bugs).map((bug) => bugReason(bug, facts.key.serviceBuild));
  const expected = here(facts.judgements.expected);
  if (expected.length === 0) return bugs;
  const first = expected.map(({ until }) => until).sort()[0]!;
  const pairs = expected.reduce((sum, one) => sum + one.pairs, 0);
  const text =
    `${counted(expected.length, 'signature')} ${expected.length === 1 ? 'is' : 'are'} judged as expected, ` +
    `shown ${counted(pairs, 'time')}, and count${expected.length === 1 ? 's' : ''} as agreement; ` +
    `the first of them until ${day(first)}.`;
  return [...bugs, { rule: 'verdicts', state: 'met', text }];
}

function bugReason(bug: BugFinding, buildNow: string): GateReason {
  const { route, place, kind, owner, reason, build, signature, pairs, routePairs, cleanPairsAsked } = bug;
  const what = `${place} (${kind}) of ${route}`;
  const said = `${owner} judged it a bug in build ${build}: “${reason}” (signature ${signature})`;
  const at = (state: GateReason['state'], text: string): GateReason => ({
    rule: 'verdicts',
    state,
    route,
    text,
  });
  switch (bug.state) {
    case 'same-build':
      return at('refused', `${what}: ${said}; a build of the service without it would do.`);
    case 'shown':
      return at(
        'refused',
        `${what}: ${said}, and build ${buildNow} still shows it in ${counted(pairs, 'pair')}; ` +
          'repair the service, or judge it anew.',
      );
    case 'unproven':
      return at(
        'waiting',
        `${what}: ${said}; build ${buildNow} has not shown it in ${counted(routePairs, 'pair')} of the route; ` +
          `${count(cleanPairsAsked - routePairs)} more without it would do.`,
      );
    case 'repaired':
      return at(
        'met',
        `${what}, judged a bug in build ${build}, is not in ${counted(routePairs, 'pair')} of build ${buildNow}.`,
      );
  }
}
