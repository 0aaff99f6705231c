import type { HashBudget } from '../shadow/hash-budget.ts';
import type { TransmitCopy } from '../shadow/shadow-job.ts';
import type { Clock } from '../telemetry/clock.ts';
import { CopyExchange } from './copy-exchange.ts';
import type { PoolOf } from './snapshot.ts';

/** Sends copies over pools that no client's request uses. */
export function createTransmitCopy(
  poolOf: PoolOf,
  deps: { readonly clock: Clock; readonly hashing: HashBudget },
): TransmitCopy {
  return (copy) =>
    new Promise((resolve) => void new CopyExchange(copy, poolOf(copy.upstream), deps, resolve));
}
