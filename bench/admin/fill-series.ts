import type { Store } from '../../proxy/store/open-store.ts';
import { wholeEstate } from '../../proxy/store/series-rows.ts';
import { type SampleWay, sampleGrid } from '../../test/support/sample-series.ts';
import { migrationIds } from './big-estate.ts';

const hourMs = 3_600_000;
const hours = 24;

/** A day of counted minutes of every migration. */
export async function fillSeries(store: Store): Promise<void> {
  const from = Math.floor(Date.now() / hourMs) * hourMs - (hours - 1) * hourMs;
  const ways: readonly SampleWay[] = [...migrationIds, wholeEstate].map((migration) => ({
    ...{ migration, requestsAMinute: 400, monolithMs: 24, serviceMs: 9 },
    ...(migration === wholeEstate && { routes: 1_000 }),
    shares: [{ fromMs: from + 12 * hourMs, percent: 5 }],
  }));
  for (let hour = 0; hour < hours; hour++) {
    await store.series.add(sampleGrid({ fromMs: from + hour * hourMs, stepSeconds: 60, points: 60 }, ways));
  }
}
