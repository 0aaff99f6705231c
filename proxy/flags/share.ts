import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import type { Constraint, StrategyTransportInterface } from 'unleash-client/lib/strategy/strategy.js';
import type { FeatureSet } from './feature-set.ts';
import { shadowFlag } from './flag-names.ts';
import { isConstrained, rolloutOf } from './rollout.ts';

export type Which = 'serve' | 'shadow';

/**
 * A share of 1 % or more is one gradual rollout. Below that it is a rollout of 1 % with a constraint on
 * the second hash that the data plane puts beside the first, so that every Unleash can ask for 0.1 %.
 */
const fineBucketProperty = 'ficusFineBucket';

/** `10%`, `0.1%`; what is wrong with it otherwise. */
export function parseShare(text: string): { readonly percent: number } | { readonly problem: string } {
  if (!/^\d{1,3}(\.\d+)?%$/.test(text)) return { problem: `"${text}" is no share: write 10% or 0.1%` };
  const percent = Number(text.slice(0, -1));
  const problem = shareProblem(percent);
  return problem === undefined ? { percent } : { problem };
}

export function formatShare(percent: number): string {
  return `${percent}%`;
}

/** Why flags can't ask for so many percent, or undefined when they can. */
export function shareProblem(percent: number): string | undefined {
  if (!(percent >= 0 && percent <= 100)) return `${formatShare(percent)} is not between 0% and 100%`;
  if (percent >= 1 && !Number.isInteger(percent)) {
    return `${formatShare(percent)} is not whole: from 1% up a share has whole percents`;
  }
  if (percent < 1 && Number(percent.toFixed(2)) !== percent) {
    return `${formatShare(percent)} is too fine: below 1% a share has hundredths of a percent`;
  }
  return undefined;
}

/** The one strategy that asks for a share, as flags.json and Unleash's admin API take it. */
export function shareStrategy(
  migrationId: string,
  which: Which,
  percent: number,
): StrategyTransportInterface {
  const isFine = percent > 0 && percent < 1;
  return {
    name: 'flexibleRollout',
    parameters: {
      rollout: String(isFine ? 1 : percent),
      // The cap of a migration goes by the same buckets, so that flag and cap nest.
      ...(which === 'serve'
        ? { groupId: migrationId, stickiness: 'userId' }
        : { groupId: shadowFlag(migrationId), stickiness: 'requestId' }),
    },
    constraints: isFine ? [fineConstraint(Math.round(percent * 100))] : [],
  };
}

/** In hundredths of the first bucket. */
function fineConstraint(hundredths: number): Constraint {
  return {
    contextName: fineBucketProperty,
    // The client's type is an enum that is not exported as a value.
    operator: 'NUM_LTE' as Constraint['operator'],
    value: String(hundredths),
    values: [],
    inverted: false,
    caseInsensitive: false,
  };
}

export interface AskedShare {
  /** Percent, the largest that one of the strategies asks for. */
  readonly percent: number;
  /** Whether that share is for some users only: constraints, segments, lists, a flag it depends on. */
  readonly constrained: boolean;
  /** What makes the flag ask for something else than it seems to, one sentence each. */
  readonly notes: readonly string[];
}

/** Whether a flag, on or off, is for some users only: setting a share would overwrite that. */
export function isForSomeUsers(set: FeatureSet, flag: string): boolean {
  const feature = set.features.find(({ name }) => name === flag);
  if (!feature) return false;
  return (
    (feature.dependencies ?? []).length > 0 ||
    (feature.strategies ?? []).some((one) => askedBy(one).constrained)
  );
}

type Asked = Pick<AskedShare, 'percent' | 'constrained'>;

/**
 * What a flag asks for, for people and for capping. A flag that is missing or off asks for nothing. `ownSession`:
 * whether `sessionId` is something else than what the migration sticks by (`flagContext.sessionId`).
 */
export function askedShare(set: FeatureSet, flag: string, { ownSession = false } = {}): AskedShare {
  const feature = set.features.find(({ name }) => name === flag);
  if (!feature?.enabled) return { percent: 0, constrained: false, notes: [] };
  const { strategies = [], dependencies = [] } = feature;
  const asked = strategies.length === 0 ? [{ percent: 100, constrained: false }] : strategies.map(askedBy);
  const percent = Math.max(...asked.map((one) => one.percent));
  const largest = asked.filter((one) => one.percent === percent);
  return {
    percent,
    constrained: percent > 0 && (dependencies.length > 0 || largest.every((one) => one.constrained)),
    notes: notesOn(feature, ownSession),
  };
}

function askedBy(strategy: StrategyTransportInterface): Asked {
  const rollout = rolloutOf(strategy);
  if (rollout === 'unknown') return { percent: 0, constrained: false };
  if (rollout === 'named') return { percent: 100, constrained: true };
  const [first, ...others] = strategy.constraints;
  const hundredths = rollout === 1 && first && fineHundredths(first);
  if (typeof hundredths !== 'number') return { percent: rollout, constrained: isConstrained(strategy) };
  return { percent: hundredths / 100, constrained: isConstrained({ ...strategy, constraints: others }) };
}

function fineHundredths({ contextName, operator, value, inverted }: Constraint): number | undefined {
  if (contextName !== fineBucketProperty || String(operator) !== 'NUM_LTE' || inverted) return undefined;
  return Math.min(100, Math.max(0, Math.floor(Number(value)) || 0));
}

/** Stickiness that comes to the same buckets, by what the data plane puts into the context. */
const equalStickiness: Readonly<Record<Which, readonly string[]>> = {
  serve: ['userId', 'sessionId', 'default', ''],
  shadow: ['requestId', 'random', 'default', ''],
};

function notesOn(
  { name: flag, strategies = [], dependencies = [] }: FeatureInterface,
  ownSession: boolean,
): string[] {
  const notes: string[] = [];
  const which: Which = flag.endsWith('.shadow') ? 'shadow' : 'serve';
  const migrationId = flag.slice(0, flag.lastIndexOf('.'));
  for (const strategy of strategies) {
    const rollout = rolloutOf(strategy);
    if (rollout === 'unknown') {
      notes.push(
        `The flag ${flag} has the strategy "${strategy.name}", which is unknown here and so is off.`,
      );
    }
    if (strategy.name !== 'flexibleRollout' || rollout === 0 || rollout === 100) continue;
    const groupId = String(strategy.parameters['groupId'] ?? '');
    const stickiness = String(strategy.parameters['stickiness'] ?? '');
    if (which === 'serve' && groupId !== migrationId) {
      const effect = 'it asks for other users than the cap lets in';
      notes.push(`The flag ${flag} has the groupId "${groupId}" instead of "${migrationId}": ${effect}.`);
    }
    const isOther = which === 'serve' && stickiness === 'sessionId' && ownSession;
    if (isOther || !equalStickiness[which].includes(stickiness)) {
      const effect =
        which === 'serve'
          ? 'it asks for other users than the cap lets in'
          : 'it may find nothing to sample by';
      const expected = equalStickiness[which][0];
      notes.push(`The flag ${flag} has the stickiness "${stickiness}" instead of "${expected}": ${effect}.`);
    }
  }
  const parents = dependencies.map(({ feature }) => feature).join(', ');
  if (parents !== '') notes.push(`The flag ${flag} depends on ${parents}.`);
  return notes;
}
