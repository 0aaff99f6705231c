import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadCore } from '../bench-process.ts';
import { watchCores } from '../busy-cores.ts';
import { offer, rawRequests } from '../clients/offer.ts';
import { median } from '../summary.ts';
import type { Finding, PeersSetting } from './finding.ts';

interface Sample {
  readonly contender: string;
  readonly load: 'half of own' | "half of ficus'";
  readonly round: number;
  readonly rate: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly errors: number;
  readonly loadCoreBusy: number;
}

/** How long answers take at half of what each can do at most, and at half of what Ficus can. */
export async function halfLoad(setting: PeersSetting): Promise<Finding> {
  const { options, summaries, running, estate } = setting;
  const maximum = new Map(
    summaries
      .filter(({ scenario }) => scenario === 'get')
      .map((one) => [one.contender, one.requestsPerSecond]),
  );
  const requests = path.join(estate.folder, 'constant-rate.json');
  await writeFile(requests, JSON.stringify(rawRequests()));
  const ficusMaximum = maximum.get('ficus');
  const samples: Sample[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    for (const [{ name }, { port }] of running) {
      if (!timed.has(name)) continue;
      for (const load of ['half of own', "half of ficus'"] as const) {
        const most = load === 'half of own' ? maximum.get(name) : ficusMaximum;
        if (most === undefined || (load !== 'half of own' && name !== 'nginx')) continue;
        const rate = Math.round(most / 2);
        const busySince = watchCores();
        const result = await offer(port, rate, options.seconds, options.connections, requests);
        samples.push({
          contender: name,
          load,
          round,
          rate,
          ...result,
          loadCoreBusy: busySince()[loadCore] ?? 0,
        });
        console.log(
          `round ${round}, half-load, ${name}: p99 ${result.p99Ms.toFixed(2)} ms at ${rate} requests/s`,
        );
      }
    }
  }
  return summary(samples);
}

/** The others' are not asked for by any bar, and a round of them takes long. */
const timed = new Set(['nginx', 'haproxy', 'ficus', 'http-proxy']);

function summary(samples: readonly Sample[]): Finding {
  const groups = [...Map.groupBy(samples, ({ contender, load }) => `${contender}, ${load}`)].map(
    ([name, group]) => {
      const of = (value: (sample: Sample) => number) => median(group.map(value));
      const p99s = group.map((sample) => sample.p99Ms);
      return {
        name,
        p99Ms: median(p99s),
        cells: [
          name,
          `${Math.round(group[0]!.rate)}`,
          `${Math.round(of((one) => one.requestsPerSecond))}`,
          `${of((one) => one.p50Ms).toFixed(2)} ms`,
          `${median(p99s).toFixed(2)} ms`,
          `${Math.min(...p99s).toFixed(2)} to ${Math.max(...p99s).toFixed(2)} ms`,
          `${of((one) => one.p999Ms).toFixed(2)} ms`,
          `${Math.round(100 * of((one) => one.loadCoreBusy))} %`,
          String(group.reduce((sum, one) => sum + one.errors, 0)),
        ],
      };
    },
  );
  return {
    name: 'half-load',
    title: 'Latency of GET on a migrated path at half of the maximum load, offered at a constant rate',
    columns: [
      '',
      'offered/s',
      'answered/s',
      'p50',
      'p99',
      'p99, lowest to highest',
      'p99.9',
      "load's core",
      'errors',
    ],
    rows: groups.map(({ cells }) => cells),
    values: Object.fromEntries(groups.map(({ name, p99Ms }) => [`${name}: p99`, p99Ms])),
    samples,
  };
}
