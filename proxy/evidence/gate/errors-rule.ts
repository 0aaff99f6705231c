import type { Migration } from '../../routing/model.ts';
import type { FailedPairs, GateFacts, GateReason, ReasonState } from '../model.ts';
import { exceeds } from '../noise.ts';
import { routeCounts, sumOf, totalPairs } from './shown-routes.ts';
import { count, counted, percentOf } from './wording.ts';

/** Chance of ever holding a service that fails no more than the monolith: 1 in 100 for pairs, whatever their number. */
const pairOdds = 100;
/** Of a minute in which it fails no more, that it is held all the same: it is held for that minute. */
const servedChance = 0.001;

/** The service must not fail where the monolith does not: neither in pairs nor where it answers clients. */
export function errorsRule(migration: Migration, facts: GateFacts): GateReason[] {
  return [inPairs(migration, facts), ...inTraffic(facts)];
}

/**
 * The same request at both sides: pairs in which one side alone failed tell them apart (McNemar 1947), by the test
 * that may be looked at for ever (`exceeds`).
 */
function inPairs(migration: Migration, facts: GateFacts): GateReason {
  const { service, monolith, both }: FailedPairs = facts.failedPairs;
  const pairs = totalPairs(sumOf(routeCounts(migration, facts)));
  if (pairs === 0)
    return reason('met', 'Nothing is known of failures yet; none is held against the service.');
  const failure = '500 and above, or no whole answer in time';
  if (service + monolith + both === 0)
    return reason('met', `Neither side failed in any of ${counted(pairs, 'pair')} (${failure}).`);
  const known =
    `The service alone failed in ${count(service)} of ${counted(pairs, 'pair')}, the monolith alone in ` +
    `${count(monolith)}, both in ${count(both)} (${failure})`;
  if (!exceeds({ serviceOnly: service, monolithOnly: monolith }, pairOdds)) {
    return reason('met', `${known}, which does not show that the service fails more.`);
  }
  const look = `\`ficus diffs ${migration.id}\` shows what differs`;
  return reason(
    'refused',
    `${known}, more than chance explains; repair the service: a new build starts anew (${look}).`,
  );
}

/**
 * Other requests at each side, at the same time: of all failures of the last minute the service has its share of the
 * requests, if both fail alike. More than that is held against it by the conditional test for two rates
 * (J. Przyborowski, H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31, 1940).
 */
function inTraffic({ served: { service, monolith } }: GateFacts): GateReason[] {
  if (service.requests === 0) return [];
  const known =
    `Of clients' requests of the last minute, ${rate(service)} failed at the service` +
    (monolith.requests === 0 ? '' : ` and ${rate(monolith)} at the monolith`);
  const failures = service.errors + monolith.errors;
  const share = service.requests / (service.requests + monolith.requests);
  // Where the service answers everybody, there is nothing to hold it against; the guard watches it.
  if (monolith.requests === 0 || chanceOf(service.errors, failures, share) > servedChance) {
    return [reason('met', `${known}.`)];
  }
  return [
    reason(
      'refused',
      `${known}, more than chance explains; a minute in which it fails no more than the monolith would do.`,
    ),
  ];
}

function rate({ requests, errors }: { readonly requests: number; readonly errors: number }): string {
  if (errors === 0) return `none of ${count(requests)}`;
  return `${count(errors)} of ${count(requests)} (${percentOf(errors / requests)})`;
}

/** Chance that `least` or more of `total` fall on a side that each falls on with chance `share`. */
export function chanceOf(least: number, total: number, share: number): number {
  if (least <= 0) return 1;
  if (share >= 1) return 1;
  // From the far end on, so that small chances are not lost beside large ones.
  let logTerm = total * Math.log(share);
  let sum = 0;
  for (let some = total; some >= least; some--) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(some / (total - some + 1)) + Math.log((1 - share) / share);
  }
  return Math.min(1, sum);
}

function reason(state: ReasonState, text: string): GateReason {
  return { rule: 'errors', state, text };
}
