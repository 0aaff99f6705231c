import { isWithinShare } from '../routing/bucket.ts';
import type { CopyDropReason } from '../shadow/shadow-job.ts';
import type { LoadShedding } from './load-shedding.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/**
 * What copies may cost: nothing where anybody is short of anything. They stop long before a client's request
 * is refused, and each that is not made is counted with the reason.
 */
export class CopyPressure {
  readonly #shedding: LoadShedding;

  constructor(shedding: LoadShedding) {
    this.#shedding = shedding;
  }

  /** Why there is no copy of a request now; undefined when there may be one. */
  against(monolith: UpstreamPool, service: UpstreamPool, requestId: string): CopyDropReason | undefined {
    if (this.#shedding.pressedBy === 'memory') return 'proxy_memory';
    if (this.#shedding.pressedBy === 'event-loop') return 'proxy_busy';
    const onMonolith = pressureOn(monolith, requestId);
    if (onMonolith) return `monolith_${onMonolith}`;
    const onService = pressureOn(service, requestId);
    return onService && `service_${onService}`;
  }
}

function pressureOn(pool: UpstreamPool, requestId: string): 'open' | 'busy' | 'slow' | undefined {
  if (pool.isOpen) return 'open';
  if (pool.isBusy) return 'busy';
  const share = pool.latency.shareOfCopies(pool.coarseNow());
  return share < 1 && !isWithinShare(Math.ceil(share * 100), 'pressure', requestId) ? 'slow' : undefined;
}
