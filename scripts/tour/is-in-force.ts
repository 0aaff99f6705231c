import { setTimeout as delay } from 'node:timers/promises';
import type { Tourist } from './tourist.ts';

/** How long nobody browses: eight clients would take the processor from what is measured. */
const QUIET_MS = 5000;

/** Waits until a share is in force on every replica; one where it does not come to that says why. */
export async function isInForce(tourists: readonly Tourist[], share: number): Promise<void> {
  for (const tourist of tourists) {
    const holds = async () => (await tourist.status()).share.effective === share;
    try {
      if (await soon(holds)) continue;
      // Forward only as far as the gate allows: pairs that a busy machine could not compare want others beside them.
      if (share > 0) await tourist.browseUntil(`${share} % is in force`, 400, holds);
      else await tourist.until(`${share} % is in force`, holds);
    } catch (error) {
      await tourist.ficus('status', 'catalog');
      throw error;
    }
  }
}

async function soon(holds: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + QUIET_MS;
  while (performance.now() < deadline) {
    if (await holds()) return true;
    await delay(50);
  }
  return false;
}
