import { setTimeout as delay } from 'node:timers/promises';
import { isWithinShare } from '../../proxy/routing/bucket.ts';
import type { Tourist } from './tourist.ts';
import { browse } from './traffic.ts';

/** How long nobody else browses: eight clients would take the processor from what is measured. */
const QUIET_MS = 5000;
const USERS = 400;

/** Waits until a share is in force on every replica, for clients too; one where it does not come to that says why. */
export async function isInForce(tourists: readonly Tourist[], share: number): Promise<void> {
  for (const tourist of tourists) {
    const holds = async () =>
      (await tourist.status()).share.effective === share && (await isFelt(tourist, share));
    try {
      if (await soon(holds)) continue;
      // Forward only as far as the gate allows: pairs that a busy machine could not compare want others beside them.
      if (share > 0) await tourist.browseUntil(`${share} % is in force`, USERS, holds);
      else await tourist.until(`${share} % is in force`, holds);
    } catch (error) {
      await tourist.ficus('status', 'catalog');
      throw error;
    }
  }
}

/** Asks as a user who is among the last to be in at that share, or among the first at any. */
async function isFelt({ estate }: Tourist, share: number): Promise<boolean> {
  const [from, to] = share === 0 ? [0, 1] : [share - 4, share];
  const isLast = (user: number) =>
    isWithinShare(to, 'catalog', `user-${user}`) &&
    !isWithinShare(Math.max(0, from), 'catalog', `user-${user}`);
  const user = Array.from({ length: USERS }, (_, index) => index).find(isLast) ?? 0;
  const [seen] = await browse(estate.urls.proxy, 1, USERS, user);
  return seen?.upstream === (share === 0 ? 'monolith' : 'catalog');
}

async function soon(holds: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + QUIET_MS;
  while (performance.now() < deadline) {
    if (await holds()) return true;
    await delay(50);
  }
  return false;
}
