import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import type { FeatureSet } from './feature-set.ts';
import { rolloutOf } from './rollout.ts';

/** While this flag is on, the monolith answers everybody, whatever else asks or allows. */
export const killFlag = 'ficus.kill';

/**
 * Whether the flag is on, for whomever: there is no killing a part. Who turns it on for 5 % or for one country
 * has not thought of that, and of the two readings this is the one that can do no harm.
 */
export function asksToKill(set: FeatureSet): boolean {
  const feature = killFlagOf(set);
  if (!feature?.enabled) return false;
  const { strategies = [] } = feature;
  return strategies.length === 0 || strategies.some((strategy) => rolloutOf(strategy) !== 0);
}

/**
 * A kill ends by being turned off, not by its flag going missing: archived by mistake, or lost with half of a
 * database. Then the flag stays on as it was, in a set that is otherwise the new one.
 */
export function keepKill(next: FeatureSet, last: FeatureSet): { set: FeatureSet; kept: boolean } {
  const feature = killFlagOf(last);
  if (!feature || !asksToKill(last) || killFlagOf(next)) return { set: next, kept: false };
  return { set: { ...next, features: [...next.features, feature] }, kept: true };
}

export const killFlagKept = `the flag ${killFlag} was on and is gone: everything stays at the monolith until ficus kill --off, or until the flag is there again and off`;

/** The one strategy of the flag, as flags.json and Unleash's admin API take it. */
export const killStrategy = Object.freeze({
  name: 'flexibleRollout',
  parameters: { rollout: '100', groupId: killFlag, stickiness: 'default' },
  constraints: [],
});

export function killFlagOf({ features }: FeatureSet): FeatureInterface | undefined {
  return features.find(({ name }) => name === killFlag);
}
