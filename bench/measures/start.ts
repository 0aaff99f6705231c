import { startFicus } from '../contenders/ficus.ts';
import { nginx } from '../contenders/nginx.ts';
import { median } from '../summary.ts';
import type { Finding, Setting } from './finding.ts';

/** From the start of the process to the end of the first answer that the upstream gave through it. */
export async function startTimes({ estate, options }: Setting): Promise<Finding> {
  const times: Record<string, number[]> = { nginx: [], ficus: [] };
  for (let round = 1; round <= options.rounds; round++) {
    const runs = {
      nginx: () => nginx.start(estate),
      ficus: () =>
        startFicus(estate, {
          name: `ficus-start-${round}`,
          untilServing: true,
          sharePercent: 0,
          // Nobody listens there: forwarding must not wait for a database.
          env: { DATABASE_URL: 'postgres://ficus@127.0.0.1:1/ficus' },
        }),
    };
    for (const [name, start] of Object.entries(runs)) {
      const { process: proxy } = await start();
      times[name]!.push(proxy!.startedAfterMs);
      await proxy!.stop();
      console.log(`round ${round}, start, ${name}: ${Math.round(proxy!.startedAfterMs)} ms`);
    }
  }
  return {
    name: 'start',
    title: 'From start to the first request served, without a database',
    columns: ['', 'ms', 'lowest to highest'],
    rows: Object.entries(times).map(([name, all]) => [
      name,
      median(all).toFixed(0),
      `${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)}`,
    ]),
    values: Object.fromEntries(Object.entries(times).map(([name, all]) => [`${name}: ms`, median(all)])),
    samples: times,
  };
}
