import type { StrategyTransportInterface } from 'unleash-client/lib/strategy/strategy.js';

/** Unleash's strategies that name users or machines instead of a part of everybody. */
const namingStrategies: ReadonlySet<string> = new Set(['userWithId', 'remoteAddress', 'applicationHostname']);

const gradualStrategies: ReadonlySet<string> = new Set([
  'gradualRolloutUserId',
  'gradualRolloutSessionId',
  'gradualRolloutRandom',
]);

/**
 * Percent of everybody that a strategy asks for before its constraints; `named` when it lists whom it means,
 * `unknown` when unleash-client does not have it and leaves the flag off.
 */
export function rolloutOf({ name, parameters }: StrategyTransportInterface): number | 'named' | 'unknown' {
  if (name === 'default') return 100;
  if (name === 'flexibleRollout') return percentOf(parameters['rollout']);
  if (gradualStrategies.has(name)) return percentOf(parameters['percentage']);
  return namingStrategies.has(name) ? 'named' : 'unknown';
}

function percentOf(value: unknown): number {
  const percent = Number(value);
  return Number.isNaN(percent) ? 0 : Math.min(100, Math.max(0, percent));
}

/** Whether a strategy holds for some contexts only, whatever its rollout. */
export function isConstrained({ constraints, segments }: StrategyTransportInterface): boolean {
  return constraints.length > 0 || (segments?.length ?? 0) > 0;
}

/** Whether a strategy is off for those whom it can't tell apart, also at 100 %: Unleash's older ones are. */
export function needsSomebody({ name }: StrategyTransportInterface): boolean {
  return name === 'gradualRolloutUserId' || name === 'gradualRolloutSessionId';
}
