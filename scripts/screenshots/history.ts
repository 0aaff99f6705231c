import { randomUUID } from 'node:crypto';
import { openStore } from '../../proxy/store/open-store.ts';
import { wholeEstate } from '../../proxy/store/series-rows.ts';
import { systemClock } from '../../proxy/telemetry/clock.ts';
import { createLogger } from '../../proxy/telemetry/logger.ts';
import { type SampleWay, sampleMinute } from '../../test/support/sample-series.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const hours = 40;

/** What a catalog that has been on its way for two days has left behind: counts of each minute, and who moved it. */
export async function writeHistory(databaseUrl: string): Promise<void> {
  const store = openStore({
    databaseUrl,
    log: createLogger({ level: 'error', name: 'history' }),
    clock: systemClock,
  });
  try {
    await new Promise<void>((resolve) => store.onAvailable(resolve));
    const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const ago = (hoursAgo: number): number => endMs - hoursAgo * HOUR_MS;
    const ways = waysUntil(ago);
    const minutes = Array.from({ length: hours * 60 }, (_, index) => endMs - (index + 1) * MINUTE_MS);
    // Ficus was not running for a while: a gap, and no zero.
    const counted = minutes.filter((atMs) => atMs < ago(15) || atMs > ago(14.2)).reverse();
    await store.series.add(counted.flatMap((atMs) => ways.map((way) => sampleMinute(way, atMs))));
    for (const { hoursAgo, ...move } of moves)
      await store.audit.append(randomUUID(), {
        ...move,
        at: new Date(ago(hoursAgo)).toISOString(),
        migration: 'catalog',
      });
  } finally {
    await store.close();
  }
}

function waysUntil(ago: (hours: number) => number): SampleWay[] {
  const catalog = [
    { fromMs: ago(22), percent: 1 },
    { fromMs: ago(12), percent: 5 },
    { fromMs: ago(5), percent: 25 },
    { fromMs: ago(1.5), percent: 0 },
  ];
  return [
    { migration: 'catalog', requestsAMinute: 420, monolithMs: 24, serviceMs: 9, shares: catalog },
    { migration: 'payments', requestsAMinute: 60, monolithMs: 80, serviceMs: 64, shares: [] },
    {
      ...{ migration: wholeEstate, requestsAMinute: 900, monolithMs: 30, serviceMs: 9, routes: 12 },
      shares: catalog.map(({ fromMs, percent }) => ({ fromMs, percent: percent / 2 })),
    },
  ];
}

const moves = [
  {
    hoursAgo: 22,
    actor: 'cli:ada',
    action: 'promote',
    reason: 'a first percent',
    detail: { from: 0, to: 1 },
  },
  {
    hoursAgo: 12,
    actor: 'dashboard:kim',
    action: 'promote',
    reason: 'all quiet',
    detail: { from: 1, to: 5 },
  },
  { hoursAgo: 5, actor: 'cli:ada', action: 'promote', reason: 'before lunch', detail: { from: 5, to: 25 } },
  {
    ...{ hoursAgo: 1.5, actor: 'ficus', action: 'guard', detail: { from: 25 } },
    reason: 'The service fails 3.1 % of its answers, the monolith 0.2 %.',
  },
  { hoursAgo: 1.4, actor: 'cli:ada', action: 'guard-cleared', reason: 'fixed in 1.0.1', detail: {} },
];
