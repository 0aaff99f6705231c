import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadCore } from '../bench-process.ts';
import { ficus } from '../contenders/ficus.ts';
import { nginx } from '../contenders/nginx.ts';
import { median } from '../summary.ts';
import { bigBytes, bigPath } from '../upstreams.ts';
import type { Finding, Setting } from './finding.ts';

const run = promisify(execFile);
const client = path.join(import.meta.dirname, '../clients/big-body.ts');
const sampleEveryMs = 50;
const mebi = 2 ** 20;

interface Sample {
  readonly contender: string;
  readonly way: 'down' | 'up';
  readonly round: number;
  readonly mebibytesPerSecond: number;
  readonly peakAboveIdleMiB: number;
}

/** One body of 1 GiB at a time, and what memory all processes of the proxy need beyond what they had before. */
export async function bigBody({ estate, options }: Setting): Promise<Finding> {
  const samples: Sample[] = [];
  const running = [];
  try {
    for (const { name, start } of [nginx, ficus]) {
      running.push({ name, ...(await start({ ...estate, folder: estate.folder })) });
    }
    for (let round = 1; round <= Math.min(options.rounds, 3); round++) {
      for (const way of ['down', 'up'] as const) {
        for (const { name, port, process: proxy } of round % 2 ? running : running.toReversed()) {
          const idle = proxy!.residentBytes();
          let peak = idle;
          const sampling = setInterval(() => {
            peak = Math.max(peak, proxy!.residentBytes());
          }, sampleEveryMs);
          const args = [client, String(port), way, `${bigPath}${way}`, String(bigBytes)];
          const { stdout } = await run('taskset', [
            '--cpu-list',
            String(loadCore),
            process.execPath,
            ...args,
          ]);
          clearInterval(sampling);
          const mebibytesPerSecond = bigBytes / mebi / JSON.parse(stdout).seconds;
          samples.push({
            contender: name,
            way,
            round,
            mebibytesPerSecond,
            peakAboveIdleMiB: (peak - idle) / mebi,
          });
          console.log(`round ${round}, big-body ${way}, ${name}: ${Math.round(mebibytesPerSecond)} MiB/s`);
        }
      }
    }
  } finally {
    for (const { process: proxy } of running) await proxy?.stop();
  }
  return summary(samples);
}

function summary(samples: readonly Sample[]): Finding {
  const values: Record<string, number> = {};
  const rows = [...Map.groupBy(samples, ({ contender, way }) => `${contender}, ${way}`)].map(
    ([name, group]) => {
      const speeds = group.map((one) => one.mebibytesPerSecond);
      const speed = median(speeds);
      const peak = Math.max(...group.map((one) => one.peakAboveIdleMiB));
      values[`${name}: MiB/s`] = speed;
      values[`${name}: peak MiB`] = peak;
      const range = `${Math.round(Math.min(...speeds))} to ${Math.round(Math.max(...speeds))}`;
      return [name, `${Math.round(speed)}`, range, `${peak.toFixed(1)} MiB`];
    },
  );
  for (const way of ['down', 'up']) {
    const ratios = samples.flatMap((one) => {
      const other = samples.find(
        (it) => it.contender === 'nginx' && it.way === way && it.round === one.round,
      );
      return one.contender === 'ficus' && one.way === way && other
        ? [one.mebibytesPerSecond / other.mebibytesPerSecond]
        : [];
    });
    if (ratios.length > 0) values[`${way}: to nginx`] = median(ratios);
  }
  return {
    name: 'big-body',
    title: 'One body of 1 GiB, down and up',
    columns: ['', 'MiB/s', 'lowest to highest', 'highest memory above idle'],
    rows,
    values,
    samples,
  };
}
