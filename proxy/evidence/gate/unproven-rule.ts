import { isSafeMethod, type Migration, type Route } from '../../routing/model.ts';
import { RouteTable } from '../../routing/route-table.ts';
import type { GateFacts, GateReason } from '../model.ts';
import { isCurrent, serviceResults } from './contracts-rule.ts';
import { isUnproven } from './shown-routes.ts';
import { counted } from './wording.ts';

/** Each route that shadowing can't show needs an interaction of a contract that is verified now. */
export function unprovenRule(migration: Migration, facts: GateFacts): GateReason[] {
  const unproven = migration.routes.filter(isUnproven);
  if (unproven.length === 0) return [met('Shadowing can show every route.')];
  if (migration.gate.unproven === 'allow') {
    const routes = counted(unproven.length, 'route');
    return [
      met(
        `${routes} that shadowing can't show ${unproven.length === 1 ? 'is' : 'are'} let pass (gate.unproven: allow).`,
      ),
    ];
  }
  const consumers = provenBy(migration, facts);
  return unproven.map((route) => {
    const consumer = consumers.get(route.id);
    if (consumer === undefined) return unprovenRoute(migration, route);
    return { ...met(`${route.id} is proven by the verified contract of ${consumer}.`), route: route.id };
  });
}

/** Which consumer's verified contract has an interaction on a route, by the route's id. */
function provenBy(migration: Migration, facts: GateFacts): Map<string, string> {
  const table = new RouteTable([migration], () => undefined);
  const host = migration.hosts[0] ?? '';
  const consumers = new Map<string, string>();
  for (const { consumer, interactions } of passedNow(facts)) {
    for (const interaction of interactions) {
      const [method = '', target = ''] = interaction.split(' ');
      const route = table.match(method, host, target.split('?')[0]!)?.route;
      // What shadowing shows of a route for any method says nothing of its unsafe methods, nor would this.
      if (route && !(route.method === '*' && isSafeMethod(method))) consumers.set(route.id, consumer);
    }
  }
  return consumers;
}

/** The newest result of each pact that is there now, where it passed against the build that runs now. */
function passedNow(facts: GateFacts) {
  const results = serviceResults(facts);
  return facts.pacts.flatMap(({ consumer, pactHash }) => {
    const newest = results.find((one) => one.consumer === consumer && isCurrent(one, facts, pactHash));
    return newest?.outcome === 'passed' ? [newest] : [];
  });
}

function unprovenRoute(migration: Migration, { id, shadow, method }: Route): GateReason {
  const why =
    method === '*' && shadow === 'compare' ? 'its unsafe methods are not copied' : `shadow: ${shadow}`;
  const text =
    `Shadowing can't show ${id} (${why}), and no verified contract has it; add an interaction to a pact ` +
    `and run \`ficus verify ${migration.id}\`, or set gate.unproven to allow.`;
  return { rule: 'unproven', state: 'waiting', route: id, text };
}

const met = (text: string): GateReason => ({ rule: 'unproven', state: 'met', text });
