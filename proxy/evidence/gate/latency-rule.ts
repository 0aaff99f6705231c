import type { Migration } from '../../routing/model.ts';
import type { GateFacts, GateReason } from '../model.ts';
import { count, milliseconds } from './wording.ts';

/** Pairs from which on a p99 says something. */
const judgedFrom = 100;

/** Held against the service only when it is both so many times and so many milliseconds slower. */
export function latencyRule({ gate }: Migration, { latencyMs }: GateFacts): GateReason[] {
  const { monolithP99, serviceP99, pairs } = latencyMs;
  if (pairs < judgedFrom) {
    const text = `Latency is held against the service from ${judgedFrom} pairs on; ${count(pairs)} so far.`;
    return [{ rule: 'latency', state: 'met', text }];
  }
  const p99 = `p99 is ${milliseconds(serviceP99)} at the service and ${milliseconds(monolithP99)} at the monolith`;
  const allowed = `${gate.latencyP99Ratio} times, or ${milliseconds(gate.latencyFloorMs)} more, is allowed`;
  const slower =
    serviceP99 > monolithP99 * gate.latencyP99Ratio && serviceP99 - monolithP99 > gate.latencyFloorMs;
  if (!slower) return [{ rule: 'latency', state: 'met', text: `${p99}; ${allowed}.` }];
  const times = Number((serviceP99 / monolithP99).toFixed(2));
  const text = `${p99}, ${times} times; ${allowed}; a faster build of the service starts anew.`;
  return [{ rule: 'latency', state: 'refused', text }];
}
