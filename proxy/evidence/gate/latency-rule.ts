import type { GateRules, Migration } from '../../routing/model.ts';
import { latencyPercentile } from '../../telemetry/latency.ts';
import type { GateFacts, GateReason, ReasonState } from '../model.ts';
import { type Interval, p99Bucket, p99Interval, ratioInterval } from '../p99-interval.ts';
import { count, counted, milliseconds } from './wording.ts';

type Latency = GateFacts['latency'];

/**
 * Held against the service only when it is shown to be both so many times and so many milliseconds slower: when
 * the lower ends of the 95 % intervals are. What looks slower and is not shown yet waits for more pairs.
 */
export function latencyRule({ gate }: Migration, { latency }: GateFacts): GateReason[] {
  const pairs = latency.service.reduce((sum, one) => sum + one, 0);
  const allowed = `${gate.latencyP99Ratio} times, or ${milliseconds(gate.latencyFloorMs)} more, is allowed`;
  if (pairs === 0) return [reason('met', `Nothing is known of latency yet; ${allowed}.`)];
  const [service, monolith] = [p99Interval(latency.service), p99Interval(latency.monolith)];
  const known = `${p99s(latency)} (${confidence(ratioInterval(service, monolith))}, by ${counted(pairs, 'pair')})`;
  if (!isSlower(p99Bucket(latency.service), p99Bucket(latency.monolith), gate))
    return [reason('met', `${known}; ${allowed}.`)];
  if (isSlower(service, monolith, gate)) {
    return [reason('refused', `${known}; ${allowed}; a faster build of the service starts anew.`)];
  }
  const needed = pairsToTell(latency, gate);
  const would =
    needed === undefined ? 'more pairs' : `about ${counted(needed - pairs, 'more pair')} like these`;
  return [reason('waiting', `${known}, which is too few to tell; ${allowed}; ${would} would tell.`)];
}

function isSlower(service: Interval, monolith: Interval, gate: GateRules): boolean {
  const isBy = service.low - monolith.high > gate.latencyFloorMs;
  return isBy && ratioInterval(service, monolith).low > gate.latencyP99Ratio;
}

function p99s({ service, monolith }: Latency): string {
  const [serviceP99, monolithP99] = [latencyPercentile(service, 0.99), latencyPercentile(monolith, 0.99)];
  const times = Number((serviceP99 / monolithP99).toFixed(2));
  return `p99 is ${milliseconds(serviceP99)} at the service and ${milliseconds(monolithP99)} at the monolith, ${times} times`;
}

/** `0.91 to 1.38 at 95 % confidence`; of few pairs, one end or both are not known. */
function confidence({ low, high }: Interval): string {
  if (!Number.isFinite(high) && low === 0) return 'not bounded yet';
  const rounded = (ratio: number) => count(Number(ratio.toFixed(2)));
  const range = Number.isFinite(high) ? `${rounded(low)} to ${rounded(high)}` : `${rounded(low)} or more`;
  return `${range} at 95 % confidence`;
}

const growth = 1.25;
const mostPairs = 1_000_000;

/** Pairs, distributed like those there are, from which on they would be held against the service; roughly. */
function pairsToTell({ service, monolith }: Latency, gate: GateRules): number | undefined {
  const pairs = service.reduce((sum, one) => sum + one, 0);
  for (let factor = growth; pairs * factor <= mostPairs; factor *= growth) {
    const grown = (counts: readonly number[]) => p99Interval(counts.map((one) => one * factor));
    if (isSlower(grown(service), grown(monolith), gate)) return Math.ceil((pairs * factor) / 10) * 10;
  }
  return undefined;
}

function reason(state: ReasonState, text: string): GateReason {
  return { rule: 'latency', state, text };
}
