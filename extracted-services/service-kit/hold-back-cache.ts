import type { Cache } from './cache.ts';
import { isCopy, isDryRun } from './shadow-copy.ts';

/**
 * A cache that copies leave as it is. A dry run neither reads it nor fills it, since what it sees may be its own
 * and is rolled back; a copy of a safe request may fill it, with what any client would get. No copy makes it forget.
 */
export function holdBackForCopies(cache: Cache): Cache {
  return {
    remember: (key, load) => (isDryRun() ? load() : cache.remember(key, load)),
    forgetAll: async () => {
      if (!isCopy()) await cache.forgetAll();
    },
    close: () => cache.close(),
  };
}
